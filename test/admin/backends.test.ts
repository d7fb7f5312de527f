/** One backend as it was seen: its chain can be looked at, and what is hostile in it stays text. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { type NewSighting, recordSightings } from '../../src/history/sightings.ts'
import { startAdmin } from '../kit/start-admin.ts'

const sight: NewSighting = {
  ...{ authority: 'mail.corp.example:443', firstSeenMs: 1000, lastSeenMs: 2000, count: 3, outcome: 'refused' },
  ...{ wouldRefuse: false, because: [], findings: [{ name: 'self-signed', detail: 'nobody vouches for it' }] },
  ...{ rule: 'mail', version: 1, address: '192.0.2.1', serverName: 'mail.corp.example', protocol: 'TLSv1.3' },
  ...{ cipher: 'TLS_AES_256_GCM_SHA384', group: 'X25519', stapled: false, spkiSha256: '', notAfterMs: null },
  ...{ presented: 1, chain: [] },
}

test('a backend is given with the chains it showed', async (t) => {
  const admin = await startAdmin(t)
  const { certificate } = await makeCertificate({ subject: 'mail.corp.example' })
  const garbage = new Uint8Array([0x30, 0x03, 0x02, 0x01, 0x00])
  recordSightings(admin.history, [{ ...sight, chain: [new X509Certificate(certificate).raw, garbage] }])
  const client = await admin.as('viewer')
  const { status, body } = await client.ask('backend', { params: { backend: sight.authority } })
  assert.equal(status, 200, JSON.stringify(body))
  assert.deepEqual([body.rule, body.outcome, body.configured], ['mail', 'refused', true])
  const [newest] = body.sightings
  assert.deepEqual(newest.findings, sight.findings)
  assert.equal(newest.chain.length, 1, 'what cannot be read is left out')
  assert.equal(newest.chain[0].pem, new X509Certificate(certificate).toString())
  assert.match(newest.chain[0].sha256, /^[0-9a-f]{64}$/)
})

test('a backend that only a rule names has shown nothing, and a stranger is not found', async (t) => {
  const client = await (await startAdmin(t)).as('viewer')
  const { body } = await client.ask('backend', { params: { backend: 'mail.corp.example:443' } })
  assert.deepEqual([body.outcome, body.sightings], ['unknown', []])
  const { status } = await client.ask('backend', { params: { backend: 'other.example:443' } })
  assert.equal(status, 404)
})
