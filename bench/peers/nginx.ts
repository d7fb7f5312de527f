/** nginx as the contender: HTTP in, verified and pooled TLS out. */
import fs from 'node:fs'
import { BACKEND_NAME, type Certificates } from '../rig/certificates.ts'
import { startChild } from '../rig/child.ts'
import { type Contender, untilListening, workerByCommandLine } from '../rig/contender.ts'
import { freePorts } from '../rig/ports.ts'
import type { BackendPorts } from './nginx-backend.ts'
import { nginxMain } from './nginx-main.ts'

/** Starts nginx in front of the backend; `buffered` gathers log lines before they are written. */
export async function startNginx(options: {
  folder: string
  certificates: Certificates
  backend: BackendPorts
  buffered: boolean
}): Promise<Contender> {
  const name = options.buffered ? 'nginx-buffered' : 'nginx'
  const folder = `${options.folder}/${name}`
  fs.mkdirSync(folder, { recursive: true })
  const [port, impostorPort] = (await freePorts(2)) as [number, number]
  fs.writeFileSync(`${folder}/nginx.conf`, configuration({ ...options, folder, port, impostorPort }))
  const args = ['-e', `${folder}/error.log`, '-p', folder, '-c', `${folder}/nginx.conf`]
  const child = startChild({ name, command: 'nginx', args, folder })
  await untilListening(child, port)
  return {
    name,
    port,
    impostorPort,
    // nginx takes absolute-form as any origin must, so its callers ask exactly as ours do.
    requestTarget: (path) => `http://${BACKEND_NAME}:${options.backend.good}${path}`,
    impostorTarget: (path) => `http://${BACKEND_NAME}:${options.backend.impostor}${path}`,
    child,
    isWorker: workerByCommandLine('nginx: worker'),
  }
}

function configuration(options: {
  folder: string
  certificates: Certificates
  backend: BackendPorts
  port: number
  impostorPort: number
  buffered: boolean
}): string {
  const server = (port: number, upstream: string) => `
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { proxy_pass https://${upstream}; }
  }`
  return `${nginxMain(options.folder)}
http {
  # A line for each request. Written at once, as Debian installs nginx and most people run it; or gathered in a
  # buffer, as ours does, which is the fairer and the harder comparison.
  access_log ${options.folder}/access.log combined${options.buffered ? ' buffer=64k flush=1s' : ''};
  upstream backend {
    server 127.0.0.1:${options.backend.good};
    # More than the callers' 32 connections: no backend connection is ever closed for want of room.
    keepalive 64;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
  }
  upstream impostor { server 127.0.0.1:${options.backend.impostor}; }
  # HTTP/1.1 without "Connection: close", or the pool above stays empty.
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $http_host;
  # The same duties as ours: chain, name and SNI. nginx leaves all three off unless told.
  proxy_ssl_verify on;
  proxy_ssl_verify_depth 3;
  proxy_ssl_trusted_certificate ${options.certificates.ca};
  proxy_ssl_name ${BACKEND_NAME};
  proxy_ssl_server_name on;
  proxy_ssl_session_reuse on;
  proxy_ssl_protocols TLSv1.3;
  # Never spill a large answer to disk: that would measure the disk.
  proxy_max_temp_file_size 0;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
${server(options.port, 'backend')}
${server(options.impostorPort, 'impostor')}
}
`
}
