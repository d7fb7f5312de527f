/** HAProxy as the contender: HTTP in, verified and pooled TLS out. */
import fs from 'node:fs'
import { BACKEND_NAME, type Certificates } from '../rig/certificates.ts'
import { startChild } from '../rig/child.ts'
import { type Contender, untilListening } from '../rig/contender.ts'
import { freePorts } from '../rig/ports.ts'
import type { BackendPorts } from './nginx-backend.ts'

/** Starts HAProxy in front of the backend. */
export async function startHaproxy(options: {
  folder: string
  certificates: Certificates
  backend: BackendPorts
}): Promise<Contender> {
  const folder = `${options.folder}/haproxy`
  fs.mkdirSync(folder, { recursive: true })
  const [port, impostorPort] = (await freePorts(2)) as [number, number]
  fs.writeFileSync(`${folder}/haproxy.cfg`, configuration({ ...options, port, impostorPort }))
  const child = startChild({
    name: 'haproxy',
    command: 'haproxy',
    args: ['-f', `${folder}/haproxy.cfg`, '-db'],
    folder,
  })
  await untilListening(child, port)
  return {
    name: 'haproxy',
    port,
    impostorPort,
    // HAProxy hands absolute-form on as it came, and the backend accepts it: the callers ask exactly as ours do.
    requestTarget: (path) => `http://${BACKEND_NAME}:${options.backend.good}${path}`,
    impostorTarget: (path) => `http://${BACKEND_NAME}:${options.backend.impostor}${path}`,
    child,
    // One process without a master: all of it carries traffic.
    isWorker: () => true,
  }
}

function configuration(options: {
  certificates: Certificates
  backend: BackendPorts
  port: number
  impostorPort: number
}): string {
  const { certificates, backend } = options
  // verify + ca-file + verifyhost: chain and name, as ours; sni: the same name in the ClientHello.
  const tls = `ssl verify required ca-file ${certificates.ca} verifyhost ${BACKEND_NAME} sni str(${BACKEND_NAME})`
  return `global
  # One thread: it is held against one worker of ours.
  nbthread 1
  maxconn 8000
  # A line for each request to the file that is our standard output, as in a container.
  log stdout format raw local0 info
  ssl-default-server-options ssl-min-ver TLSv1.3

defaults
  mode http
  log global
  option httplog
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  # Any idle backend connection serves any caller, as in our pool; the default holds some back.
  http-reuse always

frontend callers
  bind 127.0.0.1:${options.port} backlog 4096
  default_backend backend

frontend impostor-callers
  bind 127.0.0.1:${options.impostorPort}
  default_backend impostor

backend backend
  # pool-purge-delay: idle connections live through the whole run.
  server one 127.0.0.1:${backend.good} ${tls} pool-purge-delay 1h

backend impostor
  server one 127.0.0.1:${backend.impostor} ${tls}
`
}
