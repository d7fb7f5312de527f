/**
 * The backend of all cases: nginx, because it costs far less than any contender and so never sets the pace.
 * It allows one protocol and one suite, so that every contender moves its bytes through the same cipher.
 */
import fs from 'node:fs'
import type { Certificates } from '../rig/certificates.ts'
import { startChild } from '../rig/child.ts'
import { untilListening } from '../rig/contender.ts'
import { nginxMain } from './nginx-main.ts'

/** The suite that clients of OpenSSL prefer when they may choose, so nobody is asked for something unusual. */
export const SUITE = 'TLS_AES_256_GCM_SHA384'
export const SMALL_BODY_BYTES = 200
export const BULK_BYTES = 1_000_000_000

export interface BackendPorts {
  readonly good: number
  readonly impostor: number
}

/** Starts the backend: /small (200 bytes), /facts (what was negotiated), /bulk (1 GB). */
export async function startBackend(options: { folder: string; certificates: Certificates; ports: BackendPorts }) {
  const folder = `${options.folder}/backend`
  fs.mkdirSync(`${folder}/www`, { recursive: true })
  sparseFile(`${folder}/www/bulk`, BULK_BYTES)
  fs.writeFileSync(`${folder}/nginx.conf`, backendConfiguration({ ...options, folder }))
  const args = ['-e', `${folder}/error.log`, '-p', folder, '-c', `${folder}/nginx.conf`]
  const child = startChild({ name: 'backend', command: 'nginx', args, folder })
  await untilListening(child, options.ports.good)
  return child
}

function backendConfiguration({
  folder,
  certificates,
  ports,
}: {
  folder: string
  certificates: Certificates
  ports: BackendPorts
}): string {
  const server = (port: number, certificate: string, key: string) => `
  server {
    listen 127.0.0.1:${port} ssl backlog=4096;
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    ssl_protocols TLSv1.3;
    # One suite on offer: nobody gets a cheaper cipher than another.
    ssl_conf_command Ciphersuites ${SUITE};
    # Whoever can resume may: that is part of what is compared.
    ssl_session_cache shared:sessions${port}:10m;
    root ${folder}/www;
    default_type application/octet-stream;
    location = /small { return 200 "${'small answers are most of what a gateway sees '.repeat(5).slice(0, SMALL_BODY_BYTES)}"; }
    location = /facts { return 200 "$ssl_protocol $ssl_cipher $ssl_curve $ssl_server_name"; }
  }`
  return `${nginxMain(folder)}
http {
  # The backend is not what is measured: no log, and files straight from the page cache.
  access_log off;
  sendfile on;
  # Larger than the default of two times 32k: fewer, larger TLS writes for the bulk case, the same for everybody.
  output_buffers 4 128k;
  # Connections must outlive the run: a backend that closes after 1000 requests would measure handshakes.
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
${server(ports.good, certificates.certificate, certificates.key)}
${server(ports.impostor, certificates.impostorCertificate, certificates.impostorKey)}
}
`
}

function sparseFile(path: string, bytes: number): void {
  fs.writeFileSync(path, '')
  fs.truncateSync(path, bytes)
}
