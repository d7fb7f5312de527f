/**
 * Goal: whatever program wrote a store, the same authorities come out, and no damage to it goes unnoticed or costs
 * time. Method: real files of real programs, whole, with wrong passwords, cut off at every byte, with flipped bits.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { parseContainer } from '../../src/certificate/parse-container.ts'
import { parsePem } from '../../src/certificate/parse-pem.ts'
import { recogniseFormat } from '../../src/certificate/recognise-format.ts'
import { type KeyStore, makeKeyStores } from '../kit/make-key-stores.ts'

const { authorities, good, keyed, nssPem } = await makeKeyStores()
const expected = authorities.map(({ der }) => der.toString('hex')).sort()
const hexes = (certificates: readonly Buffer[]) => certificates.map((each) => each.toString('hex')).sort()

const TIME_LIMIT_MS = 50

/** Opens it, and says how it was refused; anything but our own refusal, or slowness, fails the test. */
function refusalOf(store: KeyStore): string | undefined {
  const started = process.threadCpuUsage()
  try {
    parseContainer(store)
    return undefined
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'OPERATOR_BAD_TRUST_STORE', `${(error as Error).stack}`)
    return (error as Error).message
  } finally {
    // Of the processor, since the wall clock also counts what others do on a busy machine.
    const { user, system } = process.threadCpuUsage(started)
    const tookMs = (user + system) / 1000
    assert.ok(tookMs < TIME_LIMIT_MS, `${store.name} took ${tookMs} ms`)
  }
}

describe('a store reads back the same set', () => {
  for (const store of good) {
    it(`written by ${store.name}`, () => {
      assert.equal(recogniseFormat(store.bytes), store.format)
      assert.deepEqual(hexes(parseContainer(store)), expected)
    })
  }

  it('printed by certutil from an NSS database', () => {
    assert.deepEqual(hexes(parsePem(nssPem).blocks.map(({ der }) => der)), expected)
  })

  it('the Java trust store of this machine gives its full count', async () => {
    const file = '/etc/ssl/certs/java/cacerts'
    const list = ['-list', '-keystore', file, '-storepass', 'changeit', '-J-Duser.language=en']
    const { stdout } = await promisify(execFile)('keytool', list)
    const bytes = readFileSync(file)
    const format = recogniseFormat(bytes) as KeyStore['format']
    const found = parseContainer({ format, bytes, password: undefined })
    assert.equal(found.length, Number(/contains (\d+) entries/.exec(stdout)?.[1]))
    assert.ok(found.length > 100)
  })
})

describe('a store is refused', () => {
  const protectedOnes = good.filter(
    ({ name, password }) =>
      password !== undefined && password !== '' && password !== 'changeit' && !name.includes('-nomac'),
  )
  for (const store of protectedOnes) {
    it(`with a wrong password, and with none: ${store.name}`, () => {
      assert.match(refusalOf({ ...store, password: 'wrong' }) ?? '', /the password is wrong, or the file is damaged/)
      assert.match(refusalOf({ ...store, password: undefined }) ?? '', /needs a password .* \.password/)
    })
  }

  for (const store of keyed) {
    // NSS counts to 600,000, which is legitimate and takes longer than the limit for refusals.
    it(`for the key in it, by name: ${store.name}`, () => {
      assert.throws(() => parseContainer(store), {
        code: 'OPERATOR_BAD_TRUST_STORE',
        message: /holds a (private|secret) key \((alias|named) "(treasure|Key Store CA One)"\)/,
      })
    })
  }

  it('never with its password in the message', () => {
    for (const store of [...good, ...keyed].filter(({ name }) => name !== 'pk12util')) {
      for (const password of ['canary-4711', store.password])
        assert.ok(!(refusalOf({ ...store, password }) ?? '').includes(password || 'canary-4711'))
    }
  })
})

describe('damage is noticed, quickly', () => {
  for (const store of good) {
    it(`cut off at every byte: ${store.name}`, () => {
      for (let length = 0; length < store.bytes.length; length += 1) {
        assert.ok(refusalOf({ ...store, bytes: store.bytes.subarray(0, length) }), `${length} bytes were enough`)
      }
    })
  }

  for (const store of good.filter(({ name }) => !name.includes('wild') && !name.includes('legacy PBE'))) {
    it(`flipped bits: ${store.name}`, () => {
      // Only a MAC or digest can promise more than "no harm": without one, a bit of a certificate is just another one.
      const sealed = store.format !== 'pkcs7' && !store.name.includes('-nomac')
      fc.assert(
        fc.property(fc.nat(store.bytes.length - 1), fc.nat(7), (at, bit) => {
          const bytes = Buffer.from(store.bytes)
          bytes[at] = (bytes[at] as number) ^ (1 << bit)
          // A flipped iteration count may cost up to the limit, which is for the child process; not for this one.
          const told = costly(store, at) ? 'not tried' : refusalOf({ ...store, bytes })
          if (sealed && told === undefined) assert.deepEqual(hexes(parseContainer({ ...store, bytes })), expected)
        }),
        { numRuns: 200 },
      )
    })
  }
})

/** Tells whether a byte belongs to an iteration count: an integer of two or three bytes. */
function costly({ bytes, format }: KeyStore, at: number): boolean {
  if (format !== 'pkcs12') return false
  return [1, 2, 3, 4, 5].some((back) => bytes[at - back] === 0x02 && [2, 3].includes(bytes[at - back + 1] ?? 0))
}
