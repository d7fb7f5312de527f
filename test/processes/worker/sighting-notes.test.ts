import assert from 'node:assert/strict'
import type crypto from 'node:crypto'
import { test } from 'node:test'
import type { Witnessed } from '../../../src/backend/witness.ts'
import { exceptionIdOf } from '../../../src/policy/exception-id.ts'
import { parseAuthority } from '../../../src/policy/parse-destination.ts'
import type { ExceptionRecord } from '../../../src/policy/policy.ts'
import { SightingNotes } from '../../../src/processes/worker/sighting-notes.ts'
import { makeRule } from '../../kit/policies.ts'

const tls = {
  protocol: 'TLSv1.3',
  cipher: 'TLS_AES_128_GCM_SHA256',
  group: 'X25519',
  dhBits: 0,
  resumed: false,
  spkiSha256: 'key',
}
const trusted = { outcome: 'trusted', findings: [], blocking: [], because: [], wouldRefuse: false } as const

/** As much of a certificate as notes look at. */
function certificate(text: string): crypto.X509Certificate {
  return { fingerprint256: text, raw: Buffer.from(text) } as crypto.X509Certificate
}

function seen(authority: string, changes: Partial<Witnessed> = {}): Witnessed {
  return {
    ...{ destination: parseAuthority(authority), rule: makeRule({ name: 'r' }), version: 7, verdict: trusted, tls },
    ...{ exceptions: [], address: '192.0.2.1', serverName: 'a.example', presentedChain: [certificate('leaf')] },
    ...{ stapled: false, notAfterMs: 9000, nowMs: 1000, ...changes },
  }
}

test('a full handshake is told once as plain JSON, and nothing is told twice', () => {
  const notes = new SightingNotes()
  notes.note(seen('a.example:443'))
  const noted = notes.take(2000)
  assert.deepEqual(JSON.parse(JSON.stringify(noted)), noted)
  const [note, ...more] = noted?.sightings ?? []
  assert.deepEqual(more, [])
  assert.deepEqual(
    [note?.authority, note?.rule, note?.version, note?.count, note?.chain],
    ['a.example:443', 'r', 7, 1, [Buffer.from('leaf').toString('base64')]],
  )
  assert.equal(notes.take(40_000), undefined)
})

test('a resumed handshake is no sighting', () => {
  const notes = new SightingNotes()
  notes.note(seen('a.example:443', { tls: { ...tls, resumed: true }, presentedChain: [] }))
  assert.equal(notes.take(2000), undefined)
})

test('a refusal before there was a certificate is noted with its findings, and has no end', () => {
  const notes = new SightingNotes()
  const findings = [{ name: 'protocol-refused', detail: 'x'.repeat(5000) }] as const
  const verdict = { ...trusted, outcome: 'refused', findings } as const
  notes.note(
    seen('a.example:443', { verdict, tls: undefined, presentedChain: [], notAfterMs: Number.POSITIVE_INFINITY }),
  )
  const [note] = notes.take(2000)?.sightings ?? []
  assert.deepEqual([note?.outcome, note?.notAfterMs, note?.protocol, note?.chain], ['refused', null, '', []])
  assert.equal(note?.findings[0]?.detail.length, 1000)
})

test('the same sight again waits half a minute and is told as a count; at the end everything is told', () => {
  const notes = new SightingNotes()
  notes.note(seen('a.example:443'))
  notes.take(2000)
  for (const nowMs of [3000, 4000, 5000]) notes.note(seen('a.example:443', { nowMs }))
  assert.equal(notes.take(31_999), undefined)
  const [again] = notes.take(32_000)?.sightings ?? []
  assert.deepEqual([again?.count, again?.firstSeenMs, again?.lastSeenMs], [3, 3000, 5000])
  notes.note(seen('a.example:443', { nowMs: 33_000 }))
  assert.equal(notes.take(33_000), undefined)
  assert.equal(notes.take(33_000, { all: true })?.sightings[0]?.count, 1)
})

test('another certificate or verdict is another sight, told at once', () => {
  const notes = new SightingNotes()
  notes.note(seen('a.example:443'))
  notes.take(2000)
  notes.note(seen('a.example:443', { presentedChain: [certificate('renewed')] }))
  notes.note(seen('a.example:443', { verdict: { ...trusted, outcome: 'allowed', because: ['report'] } }))
  assert.equal(notes.take(2001)?.sightings.length, 2)
})

test('more sights than there is room for are dropped and counted; room comes back once they were told', () => {
  const notes = new SightingNotes()
  for (let n = 0; n < 300; n++) notes.note(seen(`h${n}.example:443`))
  const noted = notes.take(2000)
  assert.deepEqual([noted?.sightings.length, noted?.dropped], [256, 44])
  for (let n = 300; n < 500; n++) notes.note(seen(`h${n}.example:443`))
  assert.deepEqual([notes.take(2001)?.sightings.length, notes.take(2002)], [200, undefined])
})

test('large chains fill the room sooner, and of each only the first certificates are kept', () => {
  const notes = new SightingNotes()
  const presentedChain = Array.from({ length: 32 }, () => certificate('x'.repeat(8 * 1024)))
  for (let n = 0; n < 100; n++) notes.note(seen(`h${n}.example:443`, { presentedChain }))
  const noted = notes.take(2000)
  assert.equal(noted?.sightings[0]?.chain.length, 8)
  assert.equal(noted?.sightings[0]?.presented, 32)
  assert.ok(JSON.stringify(noted).length < 3 * 1024 * 1024)
  assert.equal((noted?.sightings.length ?? 0) + (noted?.dropped ?? 0), 100)
})

test('every use of an exception counts, of a resumed handshake too', () => {
  const notes = new SightingNotes()
  const exception: ExceptionRecord = {
    host: 'a.example',
    port: 443,
    findings: ['expired'],
    untilMs: 99_000,
    owner: 'ops',
    reason: 'x',
  }
  notes.note(seen('a.example:443', { exceptions: [exception] }))
  notes.note(seen('a.example:443', { exceptions: [exception], tls: { ...tls, resumed: true }, nowMs: 1500 }))
  assert.deepEqual(notes.take(2000)?.exceptionUses, [{ id: exceptionIdOf(exception), uses: 2, lastUsedMs: 1500 }])
  assert.equal(notes.take(2001), undefined)
})
