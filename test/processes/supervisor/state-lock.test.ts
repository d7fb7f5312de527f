import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { type ErrorCode, SidecarError } from '../../../src/errors.ts'
import { claimState, controlSocketPath } from '../../../src/processes/supervisor/state-lock.ts'
import { acceptOn, socketOf } from '../../../src/wire/raw-handle.ts'

const withCode = (code: ErrorCode) => (error: unknown) => error instanceof SidecarError && error.code === code

async function claimed(t: TestContext, state: string) {
  const handle = await claimState(state)
  t.after(() => handle.close())
  return handle
}

function newState(): string {
  return path.join(mkdtempSync(path.join(tmpdir(), 'vedette-state-')), 'state')
}

test('a claimed folder takes connections on a socket that only its owner may use', async (t) => {
  const state = newState()
  acceptOn(await claimed(t, state), (accepted) => void socketOf(accepted).end('hello'))
  const socket = net.connect(controlSocketPath(state))
  const [chunk] = await once(socket, 'data')
  assert.equal(String(chunk), 'hello')
  assert.equal(statSync(controlSocketPath(state)).mode & 0o777, 0o600)
  assert.equal(statSync(state).mode & 0o777, 0o700)
})

test('a folder that somebody listens in is OPERATOR_ALREADY_RUNNING', async (t) => {
  const state = newState()
  acceptOn(await claimed(t, state), (accepted) => accepted.close())
  await assert.rejects(claimState(state), withCode('OPERATOR_ALREADY_RUNNING'))
})

test('a socket file that nobody listens on is replaced', async (t) => {
  const state = newState()
  // Bound and never listened on: what a crash leaves behind looks the same to whoever connects.
  await claimed(t, state)
  acceptOn(await claimed(t, state), (accepted) => accepted.close())
  await assert.rejects(claimState(state), withCode('OPERATOR_ALREADY_RUNNING'))
})

test('a folder that cannot be made is OPERATOR_FILE_UNWRITABLE', async () => {
  const state = newState()
  writeFileSync(state, 'a file')
  await assert.rejects(claimState(state), withCode('OPERATOR_FILE_UNWRITABLE'))
})

test('a path too long for a socket is told, not cut', async () => {
  const state = path.join(newState(), 'x'.repeat(100))
  await assert.rejects(
    claimState(state),
    (error) => withCode('OPERATOR_FILE_UNWRITABLE')(error) && /longer than 103 bytes/.test(String(error)),
  )
})
