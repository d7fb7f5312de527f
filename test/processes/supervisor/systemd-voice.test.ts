/** What systemd is told by a program of its own, whatever the text is: a word that cannot be said ends nothing. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { SystemdVoice } from '../../../src/processes/supervisor/systemd-voice.ts'

/** Puts a systemd-notify first on the path that writes down what it is told. */
function listen(t: TestContext): () => Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-voice-'))
  const before = process.env.PATH
  t.after(() => {
    process.env.PATH = before
    rmSync(folder, { recursive: true, force: true })
  })
  const [program, heard] = [path.join(folder, 'systemd-notify'), path.join(folder, 'heard')]
  writeFileSync(program, `#!/bin/sh\nprintf '%s|' "$@" >${folder}/new && mv ${folder}/new ${heard}\n`)
  chmodSync(program, 0o755)
  process.env.PATH = `${folder}:${before}`
  const changes = watch(folder)
  t.after(() => changes.close())
  return async () => {
    for (;;) {
      const [, name] = await once(changes, 'change')
      if (name === 'heard') return readFileSync(heard, 'utf8')
    }
  }
}

function voiceAt(notifySocket: string, log: (message: string) => void, watchdogMs = 0): SystemdVoice {
  const systemd = { notifySocket, watchdogMs, sockets: [] }
  return new SystemdVoice({ systemd, isWell: () => true, log: (_name, message) => log(message) })
}

test('a status with what no program can be told is said without it, and is one line', async (t) => {
  const heard = listen(t)
  const voice = voiceAt('/nowhere', assert.fail)
  voice.status('v8 running, rejected: *a\0b\u001b[2J\nmore')
  const said = heard()
  voice.ready()
  assert.equal(await said, 'READY=1|STATUS=v8 running, rejected: *a b [2J|')
})

test('a program that cannot even be started is one warning', async () => {
  const told = Promise.withResolvers<string>()
  const voice = voiceAt('/no\0where', told.resolve)
  voice.ready()
  assert.match(await told.promise, /^systemd does not hear how things are: systemd-notify cannot be run \(.*null bytes/)
})

for (const [watchdogMs, beatsMs] of [
  [60_000, 30_000],
  [90 * 86_400_000, 2 ** 31 - 1],
] as const) {
  test(`a watchdog of ${watchdogMs} ms is told every ${beatsMs} ms`, (t) => {
    const set = t.mock.method(globalThis, 'setInterval')
    voiceAt('/nowhere', assert.fail, watchdogMs).close()
    assert.deepEqual(
      set.mock.calls.map(({ arguments: [, ms] }) => ms),
      [beatsMs],
    )
  })
}
