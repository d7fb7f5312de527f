/** What is remembered of a chain that passed, and everything that makes it be looked at again. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { Anchors } from '../../../src/backend/judge/anchors.ts'
import type { Shown } from '../../../src/backend/judge/findings.ts'
import { Intermediates } from '../../../src/backend/judge/intermediates.ts'
import { KnownChains } from '../../../src/backend/judge/known-chains.ts'
import { makeCertificate } from '../../../src/certificate/make-certificate.ts'
import { trustSetOf } from '../../kit/make-trust.ts'
import { makeRule } from '../../kit/policies.ts'

const HOUR_MS = 3_600_000
const nowMs = Date.now()
const root = await makeCertificate({ subject: 'Root', ca: true })
const sans = { dns: ['good.test', '*.good.test'] }
const leaf = await makeCertificate({ subject: 'leaf', issuer: root, sans, notAfter: new Date(nowMs + HOUR_MS / 2) })
const other = await makeCertificate({ subject: 'leaf', issuer: root, sans })
const chainOf = ({ der }: { der: Buffer }) => [new X509Certificate(der)]

const shown = (more: Partial<Shown> = {}): Shown => ({
  // Parsed anew, as each handshake does.
  chain: chainOf(leaf),
  opensslError: undefined,
  anchors: new Anchors([trustSetOf('root', [root])]),
  intermediates: new Intermediates({ sha256: '', certificates: [] }),
  name: 'good.test',
  rule: makeRule(),
  nowMs,
  ...more,
})

describe('a chain that passed', () => {
  it('is not looked at again while nothing changes', () => {
    const chains = new KnownChains()
    const first = chains.findingsOf(shown())
    assert.deepEqual(first.findings, [])
    assert.equal(chains.findingsOf(shown({ nowMs: nowMs + 60_000 })).findings, first.findings)
  })

  it('has the staple of this handshake and no older one', () => {
    const chains = new KnownChains()
    const rule = makeRule({ revocation: { mode: 'hard', sources: ['stapled'] } })
    const stapleOf = (staple: Buffer | undefined) => chains.findingsOf(shown({ rule, staple })).revocation?.staple
    assert.notEqual(stapleOf(Buffer.from('rubbish')), undefined)
    assert.equal(stapleOf(undefined), undefined)
    assert.notEqual(stapleOf(Buffer.from('rubbish')), undefined)
  })

  const changes: readonly [why: string, more: Partial<Shown>, finds: readonly string[]][] = [
    ['another host is asked for', { name: 'www.good.test' }, []],
    ['a host is asked for that it does not name', { name: 'x.test' }, ['name-mismatch']],
    ['another rule asks', { rule: makeRule({ index: 3, pins: { mode: 'add', spkiSha256: ['x'] } }) }, ['pin-mismatch']],
    ['another certificate is shown', { chain: chainOf(other) }, []],
    ['one more certificate is sent', { chain: [...chainOf(leaf), ...chainOf(other)] }, []],
    ['OpenSSL is not content this time', { opensslError: 'CERT_REVOKED' }, ['revoked']],
    ['its end has come', { nowMs: nowMs + HOUR_MS }, ['expired']],
    ['the clock was set back', { nowMs: nowMs - 1 }, []],
    ['nothing is shown', { chain: [] }, ['no-certificate']],
  ]
  for (const [why, more, finds] of changes) {
    it(`is looked at again when ${why}`, () => {
      const chains = new KnownChains()
      const first = chains.findingsOf(shown())
      const second = chains.findingsOf(shown(more))
      assert.notEqual(second.findings, first.findings)
      assert.deepEqual(
        second.findings.map(({ name }) => name),
        finds,
      )
    })
  }

  it('is looked at again after an hour, and when so many others came', () => {
    const chains = new KnownChains()
    const long = shown({ chain: chainOf(other) })
    const first = chains.findingsOf(long)
    assert.equal(chains.findingsOf({ ...long, nowMs: nowMs + HOUR_MS - 1 }).findings, first.findings)
    assert.notEqual(chains.findingsOf({ ...long, nowMs: nowMs + HOUR_MS }).findings, first.findings)
    const crowded = chains.findingsOf(shown())
    for (let index = 0; index < 1000; index += 1) chains.findingsOf(shown({ name: `n${index}.good.test` }))
    assert.notEqual(chains.findingsOf(shown()).findings, crowded.findings)
  })
})

it('a chain with a finding is looked at every time', () => {
  const chains = new KnownChains()
  const expired = shown({ name: 'x.test' })
  assert.notEqual(chains.findingsOf(expired).findings, chains.findingsOf(expired).findings)
})
