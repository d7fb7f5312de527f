import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { checkAudit, listAudit } from '../../../src/history/audit.ts'
import { exceptionUses } from '../../../src/history/exception-uses.ts'
import { closeHistory, openHistory } from '../../../src/history/open-history.ts'
import { sightingsOf } from '../../../src/history/sightings.ts'
import { createTally } from '../../../src/observe/tally.ts'
import { SightingBook } from '../../../src/processes/control/sighting-book.ts'
import type { Noted, SightingNote } from '../../../src/processes/worker/sighting-notes.ts'
import type { TokenNote } from '../../../src/processes/worker/token-notes.ts'

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
  book.write({ sightings: [], exceptionUses: [], dropped: 0 })
  book.write({ ...noted, dropped: 0 })
  assert.deepEqual([dropped(), said], [6, ['history.unwritable']])
  history.database.exec('pragma query_only = off')
  book.write({ ...noted, dropped: 0 })
  assert.equal(sightingsOf(history, 'a.example:443')[0]?.count, 6)
  closeHistory(history)
})

const use: TokenNote = {
  ...{ service: 'hosts', caller: '192.0.2.1', names: ['cn:desk'], token: 't1', holder: 'desk-7', to: 'a.example:992' },
  ...{ error: '', reason: '', count: 1, firstMs: 5, lastMs: 5 },
}
const stranger: TokenNote = {
  ...{ ...use, names: [], token: '', holder: '', to: '', count: 3, lastMs: 9 },
  ...{ error: 'CALLER_TOKEN_REFUSED', reason: 'the token has expired' },
}

test('uses of tokens are entries of the record; those that cannot be written are told as lost with the next', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-book-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const history = await openHistory(folder)
  const said: string[] = []
  const book = new SightingBook({ history, metrics: { tally: createTally() }, log: (name) => said.push(name) })
  const none: Noted = { sightings: [], exceptionUses: [], dropped: 0 }
  const entries = () => listAudit(history, { limit: 9 }).map(({ hash: _, number: __, ...entry }) => entry)

  book.write({ ...none, tokens: { notes: [use, stranger], lost: 0 } })
  assert.deepEqual(said, ['token.used', 'token.refused'])
  assert.deepEqual(entries(), [
    {
      ...{ timeMs: 9, actor: '', address: '192.0.2.1', action: 'token.refused', subject: 'hosts', outcome: 'refused' },
      detail: { service: 'hosts', code: 'CALLER_TOKEN_REFUSED', reason: 'the token has expired', count: 3, firstMs: 5 },
    },
    {
      ...{ timeMs: 5, actor: 'desk-7', address: '192.0.2.1', action: 'token.used', subject: 't1', outcome: 'done' },
      detail: { service: 'hosts', to: 'a.example:992', names: ['cn:desk'] },
    },
  ])

  history.database.exec('pragma query_only = on')
  book.write({ ...none, tokens: { notes: [use, stranger], lost: 2 } })
  book.write(none)
  history.database.exec('pragma query_only = off')
  book.write(none)
  assert.deepEqual(said.slice(2), ['history.unwritable', 'token.lost'])
  assert.deepEqual([entries()[0]?.action, entries()[0]?.detail], ['token.lost', { lost: 6 }])
  assert.equal(checkAudit(history).whole, true)
  closeHistory(history)
})
