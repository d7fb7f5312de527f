/**
 * A backend that shows a caller in a tunnel another certificate than it showed us: what is known of its revocation decides,
 * and what is not known is asked.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type tls from 'node:tls'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { readRevocationPointers } from '../../src/certificate/read-revocation-pointers.ts'
import { issuerIdOf } from '../../src/revocation/question.ts'
import { RevocationBook } from '../../src/revocation/revocation-book.ts'
import { askInside, startEntrance, trust } from '../kit/inspecting-entrance.ts'
import { ocspNews } from '../kit/ocsp-news.ts'
import { startBackend } from '../kit/start-backend.ts'

type Said = 'good' | 'revoked'

/** Knows of the first certificate that it is good, and of the second what is said, at once or when it is asked. */
function bookOf({ second, isKnown }: { readonly second: Said; readonly isKnown: boolean }) {
  const asked: string[] = []
  const pointers = readRevocationPointers(trust.ca.der)
  assert.ok(pointers)
  const issuer = issuerIdOf(pointers)
  const learn = (serial: string, state: Said) => book.learn(ocspNews({ issuer, serial }, state))
  const book = new RevocationBook(async (questions) => {
    for (const { serial } of questions) asked.push(serial)
    learn(serials.second, second)
  })
  learn(serials.first, 'good')
  if (isKnown) learn(serials.second, second)
  return { book, asked }
}

const serials = { first: '11', second: '22' } as const
const leafOf = (serial: string) =>
  makeCertificate({
    subject: 'b.test',
    issuer: trust.ca,
    sans: { dns: ['b.test'] },
    serial: Buffer.from(serial, 'hex'),
  })

const swaps: readonly {
  readonly why: string
  readonly second: Said
  readonly isKnown: boolean
  readonly mode: 'soft' | 'hard'
  /** What the second and the third caller get. */
  readonly passes: readonly [boolean, boolean]
}[] = [
  { why: 'known to be good', second: 'good', isKnown: true, mode: 'hard', passes: [true, true] },
  { why: 'known to be revoked', second: 'revoked', isKnown: true, mode: 'hard', passes: [false, false] },
  { why: 'known to be revoked', second: 'revoked', isKnown: true, mode: 'soft', passes: [false, false] },
  { why: 'not known, and found to be good', second: 'good', isKnown: false, mode: 'hard', passes: [false, true] },
  { why: 'not known, and found to be revoked', second: 'revoked', isKnown: false, mode: 'soft', passes: [true, false] },
]
for (const { why, second, isKnown, mode, passes } of swaps) {
  test(`a certificate in the tunnel that our own handshake did not see is ${why}, in ${mode} mode`, async (t) => {
    const made = await Promise.all([leafOf(serials.first), leafOf(serials.second)])
    let server: tls.Server | undefined
    const backend = await startBackend(t, {
      certificate: made[0],
      onServer: (started) => {
        server = started
      },
    })
    const { book, asked } = bookOf({ second, isKnown })
    const entrance = startEntrance(t, { revocation: { mode, sources: ['ocsp'] } }, book)
    const isAnswered = async () => {
      const answer = await askInside(t, entrance, backend.port, { maxVersion: 'TLSv1.2' }).catch(() => 'no tunnel')
      return answer.startsWith('HTTP/1.1 200')
    }
    assert.equal(await isAnswered(), true)
    server?.setSecureContext({ cert: made[1].certificate, key: made[1].key })
    assert.deepEqual([await isAnswered(), await isAnswered()], passes)
    assert.deepEqual(asked, isKnown ? [] : [serials.second])
  })
}
