/** Reaches the authorities on the command line under each built-in trust store, and prints what refuses them. */
import { loadTrustSets } from '../../src/truststore/load-trust-sets.ts'
import { makeBackends } from './reach.ts'

const cleanUps: (() => void)[] = []
const t = { after: (done: () => void) => void cleanUps.push(done) }
const { sets } = await loadTrustSets({ folder: '/nonexistent', names: ['bundled', 'system'] })
for (const authority of process.argv.slice(2)) {
  for (const set of Object.values(sets)) {
    const { verdict } = makeBackends(t, { trust: [set] }, { resolve: async () => ['127.0.0.1'] })
    const { blocking } = await verdict(authority)
    process.stdout.write(`${set.name}: ${blocking.map(({ name }) => name).join(', ') || 'passed'}\n`)
  }
}
for (const done of cleanUps) done()
