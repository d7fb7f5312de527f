import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { exceptionUses, recordExceptionUses } from '../../src/history/exception-uses.ts'
import { closeHistory, historyFile, openHistory } from '../../src/history/open-history.ts'
import {
  destinationsSince,
  lastEnds,
  lastSightings,
  type NewSighting,
  recordSightings,
  sightingsOf,
} from '../../src/history/sightings.ts'
import { activeVersion, recordVersion } from '../../src/history/versions.ts'
import { stateFolder, versionEntry, withHistory } from './history-kit.ts'

const chain = [Buffer.from('leaf'), Buffer.from('issuer')]

function sighting(changes: Partial<NewSighting> = {}): NewSighting {
  return {
    ...{ authority: 'a.example:443', firstSeenMs: 1000, lastSeenMs: 1000, count: 1, outcome: 'trusted' },
    ...{ wouldRefuse: false, because: [], findings: [], rule: 'unlisted', version: 1, address: '192.0.2.1' },
    ...{ serverName: 'a.example', protocol: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', group: 'X25519' },
    ...{ stapled: false, spkiSha256: 'key', notAfterMs: 9000, presented: 2, chain },
    ...changes,
  }
}

test('a sight that is known counts up and keeps its first time', (t) =>
  withHistory(t, (history) => {
    recordSightings(history, [sighting()])
    recordSightings(history, [sighting({ firstSeenMs: 2000, lastSeenMs: 3000, count: 4, version: 2 })])
    const [seen, ...more] = sightingsOf(history, 'a.example:443')
    assert.deepEqual(more, [])
    assert.deepEqual([seen?.firstSeenMs, seen?.lastSeenMs, seen?.count, seen?.version], [1000, 3000, 5, 2])
    assert.deepEqual(
      seen?.chain.map(String),
      chain.map((der) => String(new Uint8Array(der))),
    )
  }))

const differences: readonly [string, Partial<NewSighting>][] = [
  ['another certificate', { chain: [Buffer.from('renewed'), chain[1] as Buffer] }],
  ['a shorter chain', { chain: [chain[0] as Buffer] }],
  ['another protocol', { protocol: 'TLSv1.2' }],
  ['another verdict', { outcome: 'refused', findings: [{ name: 'expired', detail: '' }] }],
  ['another name sent', { serverName: '' }],
]
for (const [what, change] of differences) {
  test(`${what} is another sight, and the later one is how the destination was last seen`, (t) =>
    withHistory(t, (history) => {
      recordSightings(history, [sighting(), sighting({ ...change, lastSeenMs: 2000 })])
      assert.equal(sightingsOf(history, 'a.example:443').length, 2)
      const [last] = lastSightings(history)
      const { chain: _, ...expected } = sighting({ ...change, lastSeenMs: 2000 })
      assert.deepEqual(last, expected)
    }))
}

test('another address, rule or detail is the same sight', (t) =>
  withHistory(t, (history) => {
    const expired = (detail: string) => ({ outcome: 'refused', findings: [{ name: 'expired', detail }] }) as const
    recordSightings(history, [
      sighting(expired('one')),
      sighting({ ...expired('two'), address: '192.0.2.2', rule: 'x' }),
    ])
    assert.deepEqual(
      sightingsOf(history, 'a.example:443').map(({ count, address, rule, findings }) => [
        count,
        address,
        rule,
        findings[0]?.detail,
      ]),
      [[2, '192.0.2.2', 'x', 'two']],
    )
  }))

test('destinations are filtered by how they were last seen, not by how they ever were', (t) =>
  withHistory(t, (history) => {
    const untrusted = { outcome: 'allowed', because: ['allow-untrusted'] } as const
    recordSightings(history, [
      sighting({ authority: 'mended:443', ...untrusted }),
      sighting({ authority: 'mended:443', lastSeenMs: 2000 }),
      sighting({ authority: 'bad:443', ...untrusted, notAfterMs: 50_000 }),
      sighting({ authority: 'silent:443', outcome: 'refused', notAfterMs: null, chain: [] }),
    ])
    const names = (filter: object) => lastSightings(history, filter).map(({ authority }) => authority)
    assert.deepEqual(names({}), ['mended:443', 'silent:443', 'bad:443'])
    assert.deepEqual(names({ untrusted: true }), ['silent:443', 'bad:443'])
    assert.deepEqual(names({ endingBeforeMs: 9001 }), ['mended:443'])
    assert.deepEqual(names({ endingBeforeMs: 9000 }), [])
    assert.deepEqual(names({ limit: 1 }), ['mended:443'])
  }))

test('a destination that shows something else each time keeps its latest twenty sights, and no unused certificate', (t) =>
  withHistory(t, (history) => {
    for (let n = 1; n <= 50; n++) recordSightings(history, [sighting({ lastSeenMs: n, chain: [Buffer.from(`${n}`)] })])
    const kept = sightingsOf(history, 'a.example:443')
    assert.deepEqual([kept.length, kept[0]?.lastSeenMs, kept.at(-1)?.lastSeenMs], [20, 50, 31])
    assert.equal(history.database.prepare('select count(*) as n from certificates').get()?.n, 20)
  }))

test('a flood of destinations pushes out those not seen for longest', (t) =>
  withHistory(t, (history) => {
    const flood = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) =>
        sighting({ authority: `h${from + n}.example:443`, lastSeenMs: from + n, chain }),
      )
    recordSightings(history, flood(0, 5000))
    recordSightings(history, flood(5000, 5300))
    const seen = lastSightings(history, { limit: 10_000 })
    assert.deepEqual([seen.length, seen.at(-1)?.lastSeenMs], [5000, 300])
  }))

test('chains made to be large take no more than their share: of one sight, and of all together', (t) =>
  withHistory(t, (history) => {
    const large = () => Array.from({ length: 32 }, () => randomBytes(8 * 1024))
    recordSightings(history, [sighting({ chain: large(), presented: 32 })])
    const [seen] = sightingsOf(history, 'a.example:443')
    assert.deepEqual([seen?.chain.length, seen?.presented], [8, 32])
    const many = Array.from({ length: 700 }, (_, n) =>
      sighting({ authority: `h${n}:443`, lastSeenMs: n, chain: large() }),
    )
    recordSightings(history, many)
    const bytes = Number(history.database.prepare('select sum(length(der)) as n from certificates').get()?.n)
    assert.ok(bytes <= 32 * 1024 * 1024, `${bytes} bytes`)
    assert.equal(lastSightings(history)[0]?.authority, 'a.example:443')
  }))

test('uses of exceptions add up, and the last one is the latest', (t) =>
  withHistory(t, (history) => {
    recordExceptionUses(history, [{ id: 'one', uses: 2, lastUsedMs: 2000 }])
    recordExceptionUses(history, [
      { id: 'one', uses: 3, lastUsedMs: 1000 },
      { id: 'two', uses: 1, lastUsedMs: 5000 },
    ])
    assert.deepEqual(
      [...exceptionUses(history).values()],
      [
        { id: 'one', uses: 5, lastUsedMs: 2000 },
        { id: 'two', uses: 1, lastUsedMs: 5000 },
      ],
    )
  }))

test('a history of the first schema keeps its versions and can hold sightings', async (t) => {
  const folder = stateFolder(t)
  const history = await openHistory(folder)
  recordVersion(history, versionEntry({ text: 'one' }))
  closeHistory(history)
  const database = new DatabaseSync(historyFile(folder))
  database.exec(
    `drop table migrations; drop table catalogue_uses; drop table catalogues;
     drop table sighting_certificates; drop table certificates; drop table sightings; drop table exception_uses;
     drop table sessions; drop table users; drop table api_keys; drop table setup_token; drop table audit;
     pragma user_version = 1`,
  )
  database.close()
  const migrated = await openHistory(folder)
  t.after(() => closeHistory(migrated))
  assert.equal(migrated.fresh, false)
  assert.equal(activeVersion(migrated)?.text, 'one')
  recordSightings(migrated, [sighting()])
  assert.equal(lastSightings(migrated).length, 1)
})

test('destinations that were met since a moment are named once each, the latest first, and no more than asked for', (t) =>
  withHistory(t, (history) => {
    const at = (authority: string, lastSeenMs: number, change = {}) =>
      sighting({ authority, firstSeenMs: 1, lastSeenMs, ...change })
    const again = at('a:1', 4000, { protocol: 'TLSv1.2' })
    recordSightings(history, [at('a:1', 1000), at('b:1', 3000), at('old:1', 1999), again, at('c:1', 2000)])
    assert.deepEqual(destinationsSince(history, 2000, 10), ['a:1', 'b:1', 'c:1'])
    assert.deepEqual(destinationsSince(history, 2000, 2), ['a:1', 'b:1'])
  }))

test('the end of a certificate is that of the latest sight which showed one, and none of what was not met for long', (t) =>
  withHistory(t, (history) => {
    const at = (authority: string, lastSeenMs: number, notAfterMs: number | null) =>
      sighting({ authority, firstSeenMs: 1, lastSeenMs, notAfterMs, chain: [Buffer.from(`${notAfterMs}`)] })
    recordSightings(history, [at('a:1', 5000, 70), at('a:1', 6000, 90), at('a:1', 4000, 80), at('a:1', 7000, null)])
    recordSightings(history, [at('old:1', 1999, 60), at('silent:1', 5000, null)])
    assert.deepEqual(lastEnds(history, 2000), [{ authority: 'a:1', lastSeenMs: 6000, notAfterMs: 90 }])
  }))
