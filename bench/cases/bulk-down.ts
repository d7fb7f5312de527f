/**
 * One gigabyte down through originated TLS, on one connection: what it costs the proxy to move bytes, mostly
 * decryption and copying. curl reads and throws away; the size is checked.
 */
import { BULK_BYTES } from '../peers/nginx-backend.ts'
import { type Contender, residentBytes, startUsage } from '../rig/contender.ts'
import type { Rig } from '../rig/rig.ts'
import { mustRun } from '../rig/run-command.ts'
import type { Case } from './case.ts'
import { type Figures, measureRounds, reportRounds } from './rounds.ts'

const TRANSFER_LIMIT_S = 60
const GIGABYTE = 1e9
const MEGABYTES = 1024 * 1024

export const bulkDown: Case = {
  name: 'bulk-down',
  async run(rig, options) {
    for (const contender of rig.contenders) await measure(rig, contender)
    const measured = await measureRounds(rig.contenders, options.pairs, (contender) => measure(rig, contender))
    return reportRounds({ name: 'bulk-down', measured, ratioOf: 's/GB', limits: { stunnel: 1.3 } })
  },
}

async function measure(rig: Rig, contender: Contender): Promise<Figures> {
  const usage = startUsage(contender)
  const seconds = await download(rig, contender)
  const used = usage()
  return {
    's/GB': used.seconds / (BULK_BYTES / GIGABYTE),
    'worker s/GB': used.workerSeconds / (BULK_BYTES / GIGABYTE),
    'user s/GB': used.userSeconds / (BULK_BYTES / GIGABYTE),
    'MB/s': BULK_BYTES / 1e6 / seconds,
    'RSS MB': residentBytes(contender) / MEGABYTES,
  }
}

async function download(rig: Rig, contender: Contender): Promise<number> {
  const format = '%{http_code} %{size_download} %{time_total}'
  const args = ['-sS', '--noproxy', '*', '--max-time', String(TRANSFER_LIMIT_S), '-o', '/dev/null', '-w', format]
  const target = ['-H', `Host: ${rig.host}`, '--request-target', contender.requestTarget('/bulk')]
  const url = `http://127.0.0.1:${contender.port}/`
  const out = await mustRun('curl', [...args, ...target, url], (TRANSFER_LIMIT_S + 5) * 1000)
  const [status, bytes, seconds] = out.split(' ')
  if (status !== '200' || Number(bytes) !== BULK_BYTES) throw new Error(`${contender.name} bulk answer: ${out}`)
  return Number(seconds)
}
