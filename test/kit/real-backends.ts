/** Backends that are not ours: nginx and `openssl s_server`, as operators have them behind a policy. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { needTools } from '../../bench/rig/tools.ts'

interface Cleaner {
  after(clean: () => unknown): void
}

export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

/** An nginx with TLS: /hello, /big (10 MB), /host, /redirect, files (PUT allowed); its access log is not kept. */
export async function startNginx(t: Cleaner, pair: KeyPair, tlsLines = ''): Promise<number> {
  await needTools(['nginx'])
  const folder = keyFolder(pair)
  const port = await freePort()
  mkdirSync(path.join(folder, 'www'))
  writeFileSync(path.join(folder, 'www', 'big'), Buffer.alloc(10_000_000, 'big file '))
  writeFileSync(path.join(folder, 'nginx.conf'), nginxConfig(folder, port, tlsLines))
  const child = spawn('/usr/sbin/nginx', ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log'], { stdio: 'ignore' })
  t.after(() => endChild(child, folder))
  await accepting(port)
  return port
}

function nginxConfig(folder: string, port: number, tlsLines: string): string {
  return `daemon off; master_process off; pid ${folder}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  client_max_body_size 100m; client_body_in_file_only off;
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${folder}/tls.crt; ssl_certificate_key ${folder}/tls.key;
    ${tlsLines}
    location = /hello { default_type text/plain; return 200 "hello from nginx\\n"; }
    location = /host { default_type text/plain; return 200 "$http_host $http_via\\n"; }
    location = /redirect { return 302 https://$http_host/hello; }
    location / { root ${folder}/www; dav_methods PUT; }
  }
}
`
}

/** `openssl s_server -www` with the arguments given on top. */
export async function startOpensslServer(t: Cleaner, pair: KeyPair, args: readonly string[] = []): Promise<number> {
  await needTools(['openssl'])
  const folder = keyFolder(pair)
  const port = await freePort()
  const base = ['s_server', '-accept', `127.0.0.1:${port}`, '-cert', 'tls.crt', '-key', 'tls.key', '-www', '-quiet']
  const child = spawn('openssl', [...base, ...args], { cwd: folder, stdio: 'ignore' })
  t.after(() => endChild(child, folder))
  await accepting(port)
  return port
}

/** A folder with tls.crt and tls.key in it. */
export function keyFolder({ certificate, key }: KeyPair): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-backend-'))
  writeFileSync(path.join(folder, 'tls.crt'), certificate)
  writeFileSync(path.join(folder, 'tls.key'), key)
  return folder
}

/** Ends a server and removes its folder. */
export async function endChild(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  rmSync(folder, { recursive: true, force: true })
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Resolves when somebody accepts on the port. */
export async function accepting(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const socket = net.connect({ host: '127.0.0.1', port })
    const up = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (up) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`nothing accepts on port ${port}`)
}
