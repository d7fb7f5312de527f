/** The record: appended, never changed, and whoever changes it all the same is found out. */
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { checkAudit, listAudit, type NewAuditEntry, recordAudit } from '../../src/history/audit.ts'
import { closeHistory, type History, openHistory } from '../../src/history/open-history.ts'
import { stateFolder } from '../history/history-kit.ts'

const entry = (subject: string): NewAuditEntry => ({
  ...{
    timeMs: 1,
    actor: 'dana',
    address: '192.0.2.1',
    action: 'applyPolicy',
    subject,
    outcome: 'done',
    detail: { n: 1 },
  },
})

async function three(t: TestContext): Promise<{ history: History; spoil: (sql: string) => void }> {
  const folder = stateFolder(t)
  const history = await openHistory(folder)
  t.after(() => closeHistory(history))
  for (const subject of ['one', 'two', 'three']) recordAudit(history, entry(subject))
  const spoil = (sql: string) => {
    const database = new DatabaseSync(history.file)
    database.exec(
      'drop trigger audit_never_changes; drop trigger audit_never_goes; drop trigger audit_is_numbered_in_order',
    )
    database.exec(sql)
    database.close()
  }
  return { history, spoil }
}

test('entries are numbered, newest first, in pages', async (t) => {
  const { history } = await three(t)
  assert.deepEqual(
    listAudit(history, { limit: 2 }).map(({ subject }) => subject),
    ['three', 'two'],
  )
  assert.deepEqual(
    listAudit(history, { limit: 2, before: 2 }).map(({ subject }) => subject),
    ['one'],
  )
  const { whole, entries, head } = checkAudit(history)
  assert.deepEqual(
    { whole, entries, head },
    { whole: true, entries: 3, head: listAudit(history, { limit: 1 })[0]?.hash },
  )
})

for (const sql of [
  `update audit set actor = 'kim' where number = 2`,
  'delete from audit where number = 2',
  'insert or replace into audit select 2, 9, actor, address, action, subject, outcome, detail, hash from audit where number = 1',
]) {
  test(`the database refuses: ${sql.slice(0, 40)}`, async (t) => {
    const { history } = await three(t)
    assert.throws(() => history.database.exec(sql))
    assert.equal(checkAudit(history).whole, true)
  })
}

const forgeries: [why: string, sql: string, brokenAt: number][] = [
  ['who did it was changed', `update audit set actor = 'kim' where number = 2`, 2],
  ['when was changed', 'update audit set time_ms = 2 where number = 1', 1],
  ['what was found was changed', `update audit set detail = '{}' where number = 3`, 3],
  ['one is missing in the middle', 'delete from audit where number = 2', 2],
  ['the first is missing', 'delete from audit where number = 1', 1],
  ['two have changed places', 'update audit set number = number + 100; update audit set number = 104 - number', 1],
]
for (const [why, sql, brokenAt] of forgeries) {
  test(`the chain shows that ${why}`, async (t) => {
    const { history, spoil } = await three(t)
    spoil(sql)
    assert.deepEqual([checkAudit(history).whole, checkAudit(history).brokenAt], [false, brokenAt])
  })
}

test('a record whose end was cut off is whole in itself, and its head tells', async (t) => {
  const { history, spoil } = await three(t)
  const { head } = checkAudit(history)
  spoil('delete from audit where number = 3')
  const cut = checkAudit(history)
  assert.equal(cut.whole, true)
  assert.notEqual(cut.head, head)
})
