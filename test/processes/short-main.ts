/** A main.ts whose workers have no memory left for as long as there is a file `short` in the folder of the instance. */
import { existsSync } from 'node:fs'
import v8 from 'node:v8'

if (process.argv[2] === '--role=worker') {
  const { getHeapStatistics } = v8
  v8.getHeapStatistics = () => {
    const statistics = getHeapStatistics()
    return existsSync('short') ? { ...statistics, heap_size_limit: 1 } : statistics
  }
}
await import('../../src/main.ts')
