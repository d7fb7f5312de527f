import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { closeHistory, openHistory } from '../../../src/history/open-history.ts'
import { createLogger } from '../../../src/observe/logger.ts'
import { recordTokenAct, recordTokenNews } from '../../../src/processes/control/token-record.ts'

test('every event of a token can be found by its id, which is censored in none', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-tokens-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const history = await openHistory(folder)
  t.after(() => closeHistory(history))
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line), flush: () => {} }
  const { event } = createLogger({ role: 'control', format: 'json', level: 'info', destination })
  const act = { author: 'ann', service: 'hosts', token: 't1' } as const
  for (const done of ['issued', 'revoked', 'rotated'] as const) recordTokenAct(history, { ...act, done }, event)
  const use = { service: 'hosts', caller: '192.0.2.1', names: [], token: 't1', holder: 'desk-7', to: 'a.example:992' }
  const seen = { error: '', reason: '', count: 1, firstMs: 5, lastMs: 5 } as const
  const stranger = { ...use, ...seen, token: '', error: 'CALLER_TOKEN_REFUSED', reason: 'it has expired' } as const
  recordTokenNews(history, { notes: [{ ...use, ...seen }, stranger], lost: 0 }, event)
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  assert.deepEqual(
    told.map((line) => [line.event, line.tokenId]),
    [
      ['token.issued', 't1'],
      ['token.revoked', 't1'],
      ['token.rotated', 't1'],
      ['token.used', 't1'],
      ['token.refused', undefined],
    ],
  )
  assert.ok(told.every((line) => !('token' in line) && !JSON.stringify(line).includes('[redacted]')))
})
