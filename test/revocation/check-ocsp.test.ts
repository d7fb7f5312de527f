/** Answers that no TLS stack would carry, or that are broken in every way there is: never a throw, never a good word. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import crypto from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { makeOcspRequest } from '../../src/certificate/ocsp-request.ts'
import { type RevocationPointers, readRevocationPointers } from '../../src/certificate/read-revocation-pointers.ts'
import { checkOcsp } from '../../src/revocation/check-ocsp.ts'
import { questionsAbout, type RevocationQuestion } from '../../src/revocation/question.ts'
import { nested } from '../kit/der.ts'
import { makeOcspAnswer } from '../kit/make-ocsp-answer.ts'

const issuer = await makeCertificate({ subject: 'CA', ca: true })
const leaf = await makeCertificate({ subject: 'leaf', issuer })
const chain = [leaf, issuer].map(({ certificate }) => new crypto.X509Certificate(certificate))
const question = questionsAbout(chain)[0] as RevocationQuestion
const revoked = makeOcspAnswer({ about: leaf, issuer, status: 'revoked' })
const check = (der: Buffer) => checkOcsp(der, question, Date.now())

describe('an OCSP answer', () => {
  it('is believed when nothing is wrong with it', () => assert.equal(check(revoked).state, 'revoked'))

  it('says nothing when it is cut off anywhere', () => {
    for (let length = 0; length < revoked.length; length += 1) {
      assert.equal(check(revoked.subarray(0, length)).state, 'unknown', `${length} bytes`)
    }
  })

  it('never says good when any bit of it is turned', () => {
    for (let bit = 0; bit < revoked.length * 8; bit += 1) {
      const turned = Buffer.from(revoked)
      turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7))
      assert.notEqual(check(turned).state, 'good', `bit ${bit}`)
    }
  })

  it('says nothing when it is rubbish, and never throws', () => {
    const isUnknown = (bytes: Uint8Array) => check(Buffer.from(bytes)).state === 'unknown'
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), isUnknown))
  })

  const hostile: [why: string, der: Buffer][] = [
    ['longer than the limit', Buffer.concat([revoked, Buffer.alloc(65_536)])],
    ['ten megabytes', Buffer.alloc(10_000_000, 0x30)],
    ['nested ten thousand deep', nested(10_000)],
  ]
  for (const [why, der] of hostile) {
    it(`is refused at once when it is ${why}`, () => {
      const startedMs = performance.now()
      assert.equal(check(der).state, 'unknown')
      assert.ok(performance.now() - startedMs < 50)
    })
  }
})

describe('openssl as a responder', () => {
  for (const [letter, state] of [
    ['V', 'good'],
    ['R', 'revoked'],
  ] as const) {
    it(`understands our question and says ${state}`, (t) => {
      const folder = mkdtempSync(path.join(tmpdir(), 'vedette-ocsp-'))
      t.after(() => rmSync(folder, { recursive: true, force: true }))
      const at = (name: string) => path.join(folder, name)
      const revokedAt = letter === 'R' ? '260304050607Z,superseded' : ''
      const index = `${letter}\t300101000000Z\t${revokedAt}\t${question.serial.toUpperCase()}\tunknown\t/CN=leaf\n`
      const request = makeOcspRequest(readRevocationPointers(issuer.der) as RevocationPointers, question.serial)
      const files = { index, 'ca.pem': issuer.certificate, 'ca.key': issuer.key, 'request.der': request }
      for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content)
      const signer = ['-index', at('index'), '-CA', at('ca.pem'), '-rsigner', at('ca.pem'), '-rkey', at('ca.key')]
      const how = ['-reqin', at('request.der'), '-respout', at('answer.der'), '-ndays', '1', '-resp_no_certs']
      execFileSync('openssl', ['ocsp', ...signer, ...how], { stdio: 'pipe' })
      const answer = check(readFileSync(at('answer.der')))
      assert.equal(answer.state, state, JSON.stringify(answer))
      if (answer.state === 'revoked') assert.equal(answer.reason, 4)
    })
  }
})
