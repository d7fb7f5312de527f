/** TLS in TLS through a token tunnel, both ways; the full size is `npm run bench:tunnels`. */
import { test } from 'node:test'
import { startTokenTunnels } from '../kit/start-token-tunnels.ts'

test('16 MiB arrive whole each way, and a half-closed caller still gets its answer', async (t) => {
  const tunnels = await startTokenTunnels(t)
  await tunnels.carry(await tunnels.open(await tunnels.issue()), 16)
})
