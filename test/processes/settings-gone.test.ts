/**
 * Goal: settings that are gone for a moment, as while an editor saves them, change nothing. Method: an instance that was told
 * of a file, and one that found it where it was started; without a file there would be defaults, the proxy's port among them.
 */
import assert from 'node:assert/strict'
import { renameSync } from 'node:fs'
import net from 'node:net'
import { test } from 'node:test'
import { startInstance } from '../kit/start-instance.ts'
import { policyFor } from './policies.ts'

for (const [how, wish] of [
  ['was named', {}],
  ['lay where the instance was started', { unnamed: true }],
] as const) {
  test(`a settings file that ${how} and is gone is refused, and callers find the port that they know`, async (t) => {
    const instance = startInstance(t, { policy: policyFor(['one.localhost']), ...wish })
    const port = await instance.up
    const { listen, generation } = await instance.status()
    renameSync(instance.settingsFile, `${instance.settingsFile}.away`)
    await assert.rejects(instance.ask('reload', { author: 'ann' }), { message: /vedette\.yaml cannot be read/ })
    const after = await instance.status()
    assert.deepEqual([after.listen.proxy, after.generation], [listen.proxy, generation])
    await new Promise<void>((resolve, reject) => {
      const caller = net.connect(port, '127.0.0.1', () => resolve(caller.destroy() as never)).once('error', reject)
    })

    renameSync(`${instance.settingsFile}.away`, instance.settingsFile)
    await instance.ask('reload', { author: 'ann' })
    assert.equal((await instance.status()).rejected, null)
  })
}
