/** Changes the policy of a running instance again and again, each time through `vedette apply`, as an operator does. */
import fs from 'node:fs'
import { compileCacheVariables } from '../../src/processes/compile-cache.ts'
import { nowMs } from '../load/clock.ts'
import { runCommand } from '../rig/run-command.ts'
import { policyText, type Vedette } from '../rig/vedette.ts'
import type { Change } from './judge.ts'

const COMMAND_LIMIT_MS = 30_000

/** Applies `count` policies at even intervals over `overMs`, or one after the other when they take longer. */
export async function changePolicies(
  vedette: Vedette,
  { count, overMs }: { count: number; overMs: number },
): Promise<Change[]> {
  const changes: Change[] = []
  const firstMs = nowMs()
  for (let n = 0; n < count; n++) {
    const wait = firstMs + (n / count) * overMs - nowMs()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    changes.push(await changePolicy(vedette, n + 1))
  }
  const rest = firstMs + overMs - nowMs()
  if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest))
  return changes
}

async function changePolicy(vedette: Vedette, number: number): Promise<Change> {
  const path = `${vedette.child.outputPath}.${number}.yaml`
  fs.writeFileSync(path, policyText({ comment: `change ${number}` }))
  const startMs = nowMs()
  const args = vedette.command('apply', path, '--json')
  const { code, stdout, stderr } = await runCommand(process.execPath, args, {
    timeoutMs: COMMAND_LIMIT_MS,
    env: { ...process.env, ...compileCacheVariables },
  })
  const endMs = nowMs()
  if (code !== 0) throw new Error(`change ${number} was not applied (${code}):\n${stdout}${stderr}`)
  const version = Number(/"version":\s*(\d+)/.exec(stdout)?.[1])
  if (!Number.isInteger(version)) throw new Error(`apply did not name its version: ${stdout}`)
  return { version, startMs, endMs }
}
