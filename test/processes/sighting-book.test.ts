import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { exceptionUses } from '../../src/history/exception-uses.ts'
import { closeHistory, openHistory } from '../../src/history/open-history.ts'
import { sightingsOf } from '../../src/history/sightings.ts'
import { createTally } from '../../src/observe/tally.ts'
import { SightingBook } from '../../src/processes/sighting-book.ts'
import type { Noted, SightingNote } from '../../src/processes/sighting-notes.ts'

const note: SightingNote = {
  ...{ authority: 'a.example:443', firstSeenMs: 1, lastSeenMs: 2, count: 3, outcome: 'trusted', wouldRefuse: false },
  ...{ because: [], findings: [], rule: 'r', version: 1, address: '192.0.2.1', serverName: '', protocol: 'TLSv1.3' },
  ...{ cipher: '', group: '', stapled: false, spkiSha256: '', notAfterMs: null, presented: 1 },
  chain: [Buffer.from('leaf').toString('base64')],
}
const noted: Noted = { sightings: [note], exceptionUses: [{ id: 'x', uses: 2, lastUsedMs: 5 }], dropped: 4 }

test('notes are written down, what was dropped on the way is counted; a history that fails costs the notes alone', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-book-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const history = await openHistory(folder)
  const tally = createTally()
  const said: string[] = []
  const book = new SightingBook({ history, metrics: { tally }, log: (name) => said.push(name) })
  const dropped = () => tally.totals().sightings_dropped_total?.['']

  book.write(noted)
  assert.equal(sightingsOf(history, 'a.example:443')[0]?.count, 3)
  assert.deepEqual([...exceptionUses(history).values()], noted.exceptionUses)
  assert.deepEqual([dropped(), said], [4, []])

  history.database.exec('pragma query_only = on')
  book.write({ ...noted, dropped: 0 })
  book.write({ ...noted, dropped: 0 })
  assert.deepEqual([dropped(), said], [6, ['history.unwritable']])
  history.database.exec('pragma query_only = off')
  book.write({ ...noted, dropped: 0 })
  assert.equal(sightingsOf(history, 'a.example:443')[0]?.count, 6)
  closeHistory(history)
})
