/** Our own instance as the rig runs it: settings, policy and trust store in a throw-away folder, log to a file. */
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compileCacheVariables } from '../../src/processes/compile-cache.ts'
import { BACKEND_NAME } from './certificates.ts'
import { type Child, startChild, untilReady } from './child.ts'
import type { Contender } from './contender.ts'
import { freePorts } from './ports.ts'
import { commandLine } from './processes.ts'

/** Generous: how long a start takes is for bench/memory.ts to judge, and a test may share its machine with others. */
const START_LIMIT_MS = 30_000

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface VedetteOptions {
  readonly folder: string
  /** PEM of the one anchor the policy trusts. */
  readonly ca: string
  readonly workers: number
  readonly env?: NodeJS.ProcessEnv
  /** Added to the settings' `timeouts`, such as `drain: 5m`. */
  readonly timeouts?: Readonly<Record<string, string>>
  /** Added to the settings' `limits`. */
  readonly limits?: Readonly<Record<string, number>>
}

/** A running instance and the ways to talk to it. */
export interface Vedette {
  readonly child: Child
  readonly port: number
  readonly healthUrl: string
  readonly adminUrl: string
  readonly policyPath: string
  readonly settingsPath: string
  /** From the start of the process to the first 200 of /readyz. */
  readonly readyMs: number
  /** The file that holds one line for each request. */
  readonly logPath: string
  /** Arguments that make `node` run a command of ours against this instance. */
  command(...args: string[]): string[]
}

/** Writes an instance's files, starts it, and waits until /readyz says 200. */
export async function startVedette(options: VedetteOptions): Promise<Vedette> {
  const folder = `${options.folder}/vedette`
  const [port, healthPort, adminPort] = (await freePorts(3)) as [number, number, number]
  // Not beside the settings: control watches that folder, and would be woken by every block of log lines.
  const logFolder = `${options.folder}/log`
  fs.mkdirSync(logFolder, { recursive: true })
  const settingsPath = `${folder}/vedette.yaml`
  const policyPath = `${folder}/policies/default.yaml`
  fs.mkdirSync(`${folder}/policies`, { recursive: true })
  fs.mkdirSync(`${folder}/truststores/bench`, { recursive: true })
  fs.mkdirSync(`${folder}/identities`, { recursive: true })
  fs.copyFileSync(options.ca, `${folder}/truststores/bench/ca.pem`)
  fs.writeFileSync(settingsPath, settingsText({ ...options, port, healthPort, adminPort }))
  fs.writeFileSync(policyPath, policyText({ comment: 'start' }))
  const startedAt = performance.now()
  const child = startChild({
    name: 'vedette',
    command: process.execPath,
    args: [`${root}src/main.ts`, 'run', '-c', settingsPath],
    folder: logFolder,
    cwd: folder,
    // As `npm run vedette` and the image do: what was compiled once is kept.
    env: { ...(options.env ?? process.env), ...compileCacheVariables },
  })
  const healthUrl = `http://127.0.0.1:${healthPort}`
  await untilReady(child, () => answersOk(`${healthUrl}/readyz`), { withinMs: START_LIMIT_MS, everyMs: 5 })
  return {
    child,
    port,
    healthUrl,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    policyPath,
    settingsPath,
    readyMs: performance.now() - startedAt,
    logPath: child.outputPath,
    command: (...args) => [`${root}src/main.ts`, ...args, '-c', settingsPath],
  }
}

/** Our instance as a contender of the cases. */
export function asContender(vedette: Vedette, backend: { good: number; impostor: number }): Contender {
  return {
    name: 'vedette',
    port: vedette.port,
    impostorPort: vedette.port,
    requestTarget: (path) => `http://${BACKEND_NAME}:${backend.good}${path}`,
    impostorTarget: (path) => `http://${BACKEND_NAME}:${backend.impostor}${path}`,
    child: vedette.child,
    isWorker: isVedetteWorker,
  }
}

/** Tells whether a process is a worker of ours, from the title it gives itself. */
export function isVedetteWorker(pid: number): boolean {
  return commandLine(pid).includes('vedette worker')
}

/** A policy as in production (strict, chain and name verified) that may dial this machine's own backends. */
export function policyText({ comment }: { comment: string }): string {
  return `apiVersion: vedette/v1
kind: OutgoingTlsPolicy
metadata: { name: bench, comment: ${JSON.stringify(comment)} }
spec:
  strictTls:
    enabled: true
    enforcement: enforce
    defaultTrustStore: none
    customTrustStores: [bench]
  sni: true
  destinations:
    unlisted: allow
    allowAddresses: [127.0.0.0/8, "::1"]
`
}

function settingsText(options: VedetteOptions & { port: number; healthPort: number; adminPort: number }): string {
  const flow = (entries: Readonly<Record<string, string | number>>) =>
    Object.entries(entries)
      .map(([key, value]) => `${key}: ${value}`)
      .join(', ')
  return `apiVersion: vedette/v1
kind: Settings
proxy: { listen: ["127.0.0.1:${options.port}"] }
admin: { listen: "127.0.0.1:${options.adminPort}" }
health: { listen: "127.0.0.1:${options.healthPort}" }
policy: policies/default.yaml
truststores: truststores
identities: identities
state: state
workers: ${options.workers}
${options.limits === undefined ? '' : `limits: { ${flow(options.limits)} }\n`}${
  options.timeouts === undefined ? '' : `timeouts: { ${flow(options.timeouts)} }\n`
}log: { format: json, level: info }
`
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) })
    await answer.arrayBuffer()
    return answer.status === 200
  } catch {
    return false
  }
}
