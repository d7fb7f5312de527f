/**
 * Goal: whatever a file does to its reader, the reader is a process that dies alone, soon, and leaves one clear error.
 * Method: real children, with files that are within every limit but the clock's, or a heap too small for anything.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { describe, it } from 'node:test'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { parseInChild } from '../../src/truststore/parse-in-child.ts'
import { nested, sequence } from '../kit/der.ts'
import { bag, certificateValue, encrypted, mac, pbes2, pfx, plain, shroudedKey } from '../kit/hostile-pkcs12.ts'

const one = await makeCertificate({ subject: 'One', ca: true })
const honest = plain(sequence(bag(3, certificateValue(one.der))))
/** Allowed by its count, and some five seconds of work. */
const slow = pfx([honest], mac(5_000_000))
const limits = { timeMs: 2_000, heapMb: 64 }

describe('a container opened in a child process', () => {
  it('gives its certificates', async () => {
    const container = { format: 'pkcs12', bytes: pfx([honest]), password: undefined } as const
    assert.deepEqual(await parseInChild(container), [one.der])
  })

  const bombs: [why: string, bytes: Buffer, message: RegExp][] = [
    ['ten million iterations in the MAC', pfx([honest], mac(10_000_000)), /asks for 10000000 iterations/],
    ['2^31 - 1 iterations in PBES2', pfx([encrypted(pbes2(2 ** 31 - 1))]), /asks for 2147483647 iterations/],
    [
      '2^31 - 1 iterations in a nested key',
      pfx([plain(sequence(bag(6, sequence(bag(2, shroudedKey(2 ** 31 - 1))))))]),
      /holds a private key/,
    ],
    ['a depth of a million', nested(1_000_000), /nested more than 64 deep/],
  ]
  for (const [why, bytes, message] of bombs) {
    it(`refuses ${why}`, async () => {
      const refused = { code: 'OPERATOR_BAD_TRUST_STORE', message }
      await assert.rejects(parseInChild({ format: 'pkcs12', bytes, password: 'x' }), refused)
    })
  }

  it('is ended by the clock, without holding this process up, and is gone then', async () => {
    const delay = monitorEventLoopDelay({ resolution: 10 })
    delay.enable()
    const waiting = parseInChild({ format: 'pkcs12', bytes: slow, password: 'x' }, { ...limits, timeMs: 500 })
    await assert.rejects(waiting, { code: 'OPERATOR_BAD_TRUST_STORE', message: /takes more than 500 ms to read/ })
    delay.disable()
    assert.ok(delay.percentile(99) < 400e6, `${delay.percentile(99)} ns`)
  })

  it('is one error when it breaks down', async () => {
    const container = { format: 'pkcs12', bytes: pfx([honest]), password: undefined } as const
    const message = /made its reader break down \(SIG[A-Z]+|status \d+\)/
    await assert.rejects(parseInChild(container, { ...limits, heapMb: 1 }), {
      code: 'OPERATOR_BAD_TRUST_STORE',
      message,
    })
  })

  it('has neither password nor environment where others can read them', async () => {
    const password = 'canary-4711'
    const timeMs = 1_000
    const ended = assert.rejects(parseInChild({ format: 'pkcs12', bytes: slow, password }, { ...limits, timeMs }))
    let looks = 0
    const look = setInterval(() => {
      for (const pid of children()) {
        const [args, environment] = ['cmdline', 'environ'].map((file) => readIfThere(`/proc/${pid}/${file}`))
        if (!args?.includes('parse-child.ts')) continue
        looks += 1
        assert.ok(!args.includes(password) && !environment?.includes(password))
        assert.doesNotMatch(environment ?? '', /PATH=/)
      }
    }, 50)
    await ended
    clearInterval(look)
    assert.ok(looks > 0)
  })
})

function children(): string[] {
  return readdirSync('/proc').filter((name) => {
    const parent = /^\d+ \(.*\) \S (\d+)/.exec(readIfThere(`/proc/${name}/stat`))?.[1]
    return Number(parent) === process.pid
  })
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
