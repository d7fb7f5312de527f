import assert from 'node:assert/strict'
import { setInterval } from 'node:timers/promises'

/** Waits until a condition holds, by asking again; not so often that the API takes it for a flood. */
export async function eventually(holds: () => Promise<boolean>, what: string): Promise<void> {
  const giveUpMs = Date.now() + 20_000
  for await (const _ of setInterval(100)) {
    if (await holds()) return
    if (Date.now() > giveUpMs) assert.fail(`${what} did not happen`)
  }
}
