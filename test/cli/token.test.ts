/** `vedette token` on files alone: what one command makes, the next one understands. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checkAudit, listAudit } from '../../src/history/audit.ts'
import { closeHistory, openHistory } from '../../src/history/open-history.ts'
import { runProgram } from '../kit/start-sidecar.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const service = (name: string) =>
  `  - { name: ${name}, accept: "tls://127.0.0.1:0", tls: { certificate: gateway }, tokens: { keys: tunnels } }\n`

function folderWith(t: TestContext, ...names: string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-token-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(
    path.join(folder, 'vedette.yaml'),
    `services:\n${names.map(service).join('')}  - { name: other, accept: "127.0.0.1:0", connect: "tls://a.example:1" }\n`,
  )
  return folder
}

const vedette = (cwd: string, args: readonly string[], input = '') =>
  runProgram(process.execPath, [MAIN, 'token', ...args], { cwd, input })

it('a token that is issued can be inspected, and not any more when it is revoked', async (t) => {
  const folder = folderWith(t, 'hosts')
  const issued = await vedette(folder, [
    'issue',
    '--to',
    'HOST.example:992',
    '--for',
    'desk-7',
    '--once',
    '--ttl',
    '5m',
  ])
  assert.equal(issued.code, 0, issued.stderr)
  // The token alone stands on stdout, so that it can be piped.
  assert.match(issued.stdout, /^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+\n$/)
  const [, id = ''] = /token (\S+) leads desk-7 to host\.example:992 through hosts/.exec(issued.stderr) ?? []
  const shown = await vedette(folder, ['inspect'], issued.stdout)
  assert.equal(shown.code, 0)
  assert.match(
    shown.stdout,
    new RegExp(`^${id}: desk-7 to host\\.example:992 through hosts until .*\nfor one tunnel\n$`),
  )
  assert.equal((await vedette(folder, ['revoke', id])).code, 0)
  const revoked = await vedette(folder, ['inspect', '--json'], issued.stdout)
  assert.equal(revoked.code, 10)
  assert.equal((JSON.parse(revoked.stdout) as { taken: boolean }).taken, false)
  await vedette(folder, ['rotate'])

  const history = await openHistory(path.join(folder, 'state'))
  t.after(() => closeHistory(history))
  const entries = listAudit(history, { limit: 9 }).map(({ action, subject, detail }) => [action, subject, detail])
  const [key] = entries.at(-1)?.slice(1) ?? []
  const { untilMs, ...issuedAs } = (entries.at(-2)?.[2] ?? {}) as Record<string, unknown>
  assert.deepEqual(
    entries.map(([action]) => action),
    ['token.rotated', 'token.revoked', 'token.issued', 'token.rotated'],
  )
  assert.deepEqual(issuedAs, { service: 'hosts', holder: 'desk-7', to: 'host.example:992', remarks: 'once' })
  assert.ok(Number(untilMs) > Date.now())
  assert.deepEqual([entries[1]?.[1], entries[2]?.[1]], [id, id])
  assert.ok(entries[0]?.[1] !== key)
  assert.equal(checkAudit(history).whole, true)
})

it('a token that the record cannot hold is not given out, and one that is revoked is useless all the same', async (t) => {
  const folder = folderWith(t, 'hosts')
  const issued = await vedette(folder, ['issue', '--to', 'a.example:992', '--for', 'x', '--json'])
  const { id, token } = JSON.parse(issued.stdout) as { id: string; token: string }
  writeFileSync(path.join(folder, 'state', 'history.sqlite'), 'no database')
  const refused = await vedette(folder, ['issue', '--to', 'a.example:992', '--for', 'x'])
  assert.deepEqual([refused.code, refused.stdout], [4, ''])
  assert.equal((await vedette(folder, ['revoke', id])).code, 4)
  assert.equal((await vedette(folder, ['inspect'], token)).code, 10)
})

it('a token of nobody is told as such', async (t) => {
  const folder = folderWith(t, 'hosts')
  const { code, stderr } = await vedette(folder, ['inspect'], 'eyJ.a.b.c.d')
  assert.equal(code, 10)
  assert.match(stderr, /the token is not shaped like one of ours: it is not taken/)
})

it('a token that checks no names is issued with a warning', async (t) => {
  const { stderr } = await vedette(folderWith(t, 'hosts'), [
    'issue',
    '--to',
    'a.example:1',
    '--for',
    'x',
    '--no-name-check',
  ])
  assert.match(stderr, /warning: the TLS inside may ask for any server name/)
})

const bad: [reason: string, services: string[], args: string[], says: RegExp][] = [
  [
    'no service takes tokens',
    [],
    ['issue', '--to', 'a.example:1', '--for', 'x'],
    /no service of the settings takes tokens/,
  ],
  ['several do', ['one', 'two'], ['issue', '--to', 'a.example:1', '--for', 'x'], /say --service with one of one, two/],
  [
    'the one named does not',
    ['one'],
    ['issue', '--to', 'a.example:1', '--for', 'x', '--service', 'other'],
    /"other" is no service that takes tokens: there is one/,
  ],
  ['no port', ['one'], ['issue', '--to', 'a.example', '--for', 'x'], /has no port/],
  ['a subject with a line end', ['one'], ['issue', '--to', 'a.example:1', '--for', 'x\ny'], /--for: expected/],
  ['a week', ['one'], ['issue', '--to', 'a.example:1', '--for', 'x', '--ttl', '7d'], /--ttl: expected 1s to 24h/],
  ['an id that is a path', ['one'], ['revoke', '../../x'], /is no id of a token/],
]
for (const [reason, services, args, says] of bad) {
  it(`refused: ${reason}`, async (t) => {
    const { code, stderr } = await vedette(folderWith(t, ...services), args)
    assert.notEqual(code, 0)
    assert.match(stderr, says)
  })
}
