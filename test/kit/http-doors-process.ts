/** Our two doors on Node's own HTTP server, in a process of their own; says where they listen, as JSON. */
import { startHealthServer } from '../../src/observe/health-server.ts'
import { startAdmin } from './start-admin.ts'

const listen = { host: '127.0.0.1', port: 0 }
const metricsText = async () => ({ contentType: 'text/plain', body: '' })
const health = await startHealthServer({ listen, checks: () => [], metricsText, onError: console.error })
const cleaners: (() => unknown)[] = []
const admin = await startAdmin({ after: (clean) => void cleaners.push(clean as () => unknown) })
console.log(JSON.stringify({ health: health.address.port, admin: Number(new URL(admin.url).port) }))
process.stdin.resume().on('end', async () => {
  for (const clean of cleaners) await clean()
  process.exit()
})
