/** Everything a case needs on one machine: a folder, certificates, the backend and the contenders in front of it. */
import fs from 'node:fs'
import os from 'node:os'
import { startHaproxy } from '../peers/haproxy.ts'
import { startNginx } from '../peers/nginx.ts'
import { type BackendPorts, startBackend } from '../peers/nginx-backend.ts'
import { startStunnel } from '../peers/stunnel.ts'
import { BACKEND_NAME, type Certificates, makeCertificates } from './certificates.ts'
import type { Child } from './child.ts'
import type { Contender } from './contender.ts'
import { freePorts } from './ports.ts'
import { proveContender } from './proof.ts'
import { needTools } from './tools.ts'
import { asContender, startVedette } from './vedette.ts'

export const contenderNames = ['vedette', 'nginx', 'nginx-buffered', 'haproxy', 'stunnel'] as const
export type ContenderName = (typeof contenderNames)[number]

export interface Rig {
  readonly folder: string
  readonly contenders: readonly Contender[]
  /** By contender: what was negotiated with the backend. */
  readonly negotiated: Readonly<Record<string, string>>
  /** The Host every request carries. */
  readonly host: string
  stop(): Promise<void>
}

/** Starts the backend and the named contenders, and lets each prove that it verifies. */
export async function startRig(names: readonly ContenderName[], env?: NodeJS.ProcessEnv): Promise<Rig> {
  await needTools(['nginx', 'haproxy', 'stunnel', 'wrk', 'curl', 'openssl'])
  const folder = temporaryFolder()
  const children: Child[] = []
  const stop = async () => {
    await Promise.all(children.map((child) => child.stop()))
    fs.rmSync(folder, { recursive: true, force: true })
  }
  try {
    const certificates = await makeCertificates(`${folder}/certificates`)
    const [good, impostor] = (await freePorts(2)) as [number, number]
    const backend: BackendPorts = { good, impostor }
    children.push(await startBackend({ folder, certificates, ports: backend }))
    const host = `${BACKEND_NAME}:${good}`
    const contenders: Contender[] = []
    const negotiated: Record<string, string> = {}
    for (const name of names) {
      const contender = await startContender(name, { folder, certificates, backend }, env)
      children.push(contender.child)
      contenders.push(contender)
      negotiated[name] = await proveContender(contender, { good: host, impostor: `${BACKEND_NAME}:${impostor}` })
    }
    return { folder, contenders, negotiated, host, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

interface Surroundings {
  readonly folder: string
  readonly certificates: Certificates
  readonly backend: BackendPorts
}

async function startContender(name: ContenderName, around: Surroundings, env?: NodeJS.ProcessEnv): Promise<Contender> {
  if (name === 'nginx' || name === 'nginx-buffered') return startNginx({ ...around, buffered: name !== 'nginx' })
  if (name === 'haproxy') return startHaproxy(around)
  if (name === 'stunnel') return startStunnel(around)
  const options = {
    folder: around.folder,
    ca: around.certificates.ca,
    workers: 1,
    ...(env === undefined ? {} : { env }),
  }
  return asContender(await startVedette(options), around.backend)
}

/** A folder of its own under the system's temporary one, private to this user. */
export function temporaryFolder(): string {
  return fs.mkdtempSync(`${os.tmpdir()}/vedette-bench-`)
}
