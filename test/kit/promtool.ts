/**
 * The program with which Prometheus checks its own files. Of Debian's package the one file is taken out that is needed: a
 * few seconds, where the package as a whole would bring a server and all that its page is made of.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { mustRun, runCommand } from '../../bench/rig/run-command.ts'
import { aptGet, pathOf } from '../../bench/rig/tools.ts'

export interface Promtool {
  /** Runs it; gives its status and all that it says. */
  run(args: readonly string[]): Promise<{ readonly code: number; readonly says: string }>
  /** Takes away what was fetched. */
  remove(): void
}

/** Finds it, or fetches it; throws what to do by hand. */
export async function findPromtool(): Promise<Promtool> {
  const installed = pathOf('promtool')
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-promtool-'))
  const file = installed ?? (await fetchInto(folder))
  return {
    async run(args) {
      const { code, stdout, stderr } = await runCommand(file, args, { timeoutMs: 30_000 })
      return { code, says: `${stdout}${stderr}` }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function fetchInto(folder: string): Promise<string> {
  if (pathOf('apt-get') === undefined)
    throw new Error('missing: promtool. Install Prometheus, or put its promtool on the path, and run again')
  const download = () => aptGet(['download', '-q', 'prometheus'], folder)
  let { code, stderr } = await download()
  if (code !== 0) {
    await aptGet(['update', '-q'])
    ;({ code, stderr } = await download())
  }
  if (code !== 0) throw new Error(`could not fetch promtool (apt-get install prometheus):\n${stderr}`)
  await mustRun('sh', [
    '-c',
    `dpkg-deb --fsys-tarfile ${folder}/prometheus_*.deb | tar -x -C ${folder} ./usr/bin/promtool`,
  ])
  return path.join(folder, 'usr', 'bin', 'promtool')
}
