/** stunnel as the contender: bytes in, verified TLS out, one backend connection for each caller connection. */
import fs from 'node:fs'
import { BACKEND_NAME, type Certificates } from '../rig/certificates.ts'
import { startChild } from '../rig/child.ts'
import { type Contender, untilListening } from '../rig/contender.ts'
import { freePorts } from '../rig/ports.ts'
import type { BackendPorts } from './nginx-backend.ts'

/** Starts stunnel as a client-side service in front of the backend. */
export async function startStunnel(options: {
  folder: string
  certificates: Certificates
  backend: BackendPorts
}): Promise<Contender> {
  const folder = `${options.folder}/stunnel`
  fs.mkdirSync(folder, { recursive: true })
  const [port, impostorPort] = (await freePorts(2)) as [number, number]
  fs.writeFileSync(`${folder}/stunnel.conf`, configuration({ ...options, folder, port, impostorPort }))
  const child = startChild({ name: 'stunnel', command: 'stunnel', args: [`${folder}/stunnel.conf`], folder })
  await untilListening(child, port)
  return {
    name: 'stunnel',
    port,
    impostorPort,
    // stunnel does not read HTTP, so its callers speak to the backend directly, in origin-form.
    requestTarget: (path) => path,
    impostorTarget: (path) => path,
    child,
    isWorker: () => true,
  }
}

function configuration(options: {
  folder: string
  certificates: Certificates
  backend: BackendPorts
  port: number
  impostorPort: number
}): string {
  const service = (name: string, accept: number, connect: number) => `
[${name}]
client = yes
accept = 127.0.0.1:${accept}
connect = 127.0.0.1:${connect}
# Chain and name, as ours; stunnel verifies nothing unless told.
verifyChain = yes
CAfile = ${options.certificates.ca}
checkHost = ${BACKEND_NAME}
sni = ${BACKEND_NAME}
sslVersionMin = TLSv1.3
# Nagle off on both sides: the others do so by themselves, and stunnel's callers would pay in latency.
socket = l:TCP_NODELAY=1
socket = r:TCP_NODELAY=1
`
  return `foreground = yes
pid =
# notice, stunnel's default: a few lines for each connection, none for each request (it sees no requests).
debug = notice
output = ${options.folder}/stunnel.log
${service('backend', options.port, options.backend.good)}
${service('impostor', options.impostorPort, options.backend.impostor)}
`
}
