/**
 * Real servers that each speak one protocol or one suite: Apache and nginx once with a port for each limit, and an
 * `openssl s_server` for each. They run with the OpenSSL of the machine, which is not the one of this Node.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { needTools, type Tool } from '../../bench/rig/tools.ts'
import { accepting, freePort, type KeyPair } from './real-backends.ts'

/** What one port of a server is limited to. */
export interface Limit {
  readonly name: string
  readonly protocol: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'
  /** OpenSSL name; all that the protocol has when left out. */
  readonly suite?: string
}

/** A server with one port for each limit, by the limit's name. */
export type LimitedPorts = ReadonlyMap<string, number>

interface Cleaner {
  after(clean: () => unknown): void
}

type Ports = readonly (readonly [Limit, number])[]

/** Starts one server of each kind; everything ends with the test. */
export async function startLimitedServers(t: Cleaner, pair: KeyPair, limits: readonly Limit[]) {
  await needTools(['apache2', 'nginx', 'openssl'])
  const start = (begin: (ports: Ports, folder: string) => Command[]) => startOne(t, { pair, limits, begin })
  const [apache, nginx, openssl] = await Promise.all([
    start(apacheCommand),
    start(nginxCommand),
    start(opensslCommands),
  ])
  return { apache, nginx, openssl } as const
}

/** Starts a GnuTLS server under a priority string. */
export async function startGnutlsServer(t: Cleaner, pair: KeyPair, priority: string): Promise<number> {
  await needTools(['gnutls-serv'])
  const ports = await startOne(t, {
    pair,
    limits: [{ name: 'gnutls', protocol: 'TLSv1.2' }],
    begin: (ports) => ports.map(([, port]) => gnutlsCommand(port, priority)),
  })
  return ports.get('gnutls') as number
}

interface Command {
  readonly program: Tool
  readonly args: readonly string[]
}

interface Start {
  readonly pair: KeyPair
  readonly limits: readonly Limit[]
  /** Writes what the server needs into the folder and says how to start it. */
  readonly begin: (ports: Ports, folder: string) => readonly Command[]
}

async function startOne(t: Cleaner, { pair, limits, begin }: Start): Promise<LimitedPorts> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-limited-'))
  writeFileSync(path.join(folder, 'tls.crt'), pair.certificate)
  writeFileSync(path.join(folder, 'tls.key'), pair.key)
  const ports = await Promise.all(limits.map(async (limit) => [limit, await freePort()] as const))
  const children = begin(ports, folder).map(({ program, args }) => launch(program, args, folder))
  t.after(async () => {
    for (const child of children) await end(child)
    rmSync(folder, { recursive: true, force: true })
  })
  await Promise.all(ports.map(([, port]) => accepting(port)))
  return new Map(ports.map(([{ name }, port]) => [name, port]))
}

function launch(program: string, args: readonly string[], cwd: string): ChildProcess {
  // No openssl.cnf: Debian's would take TLS 1.0 away again. Servers live in /usr/sbin, which is not on every path.
  const env = { PATH: `${process.env.PATH}:/usr/sbin`, OPENSSL_CONF: '/dev/null' }
  return spawn(program, args, { cwd, env, stdio: 'ignore' })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** Old protocols need it on the server's side as well. */
const LOWEST = 'ALL:@SECLEVEL=0'

function isTls13({ protocol }: Limit): boolean {
  return protocol === 'TLSv1.3'
}

function olderSuites({ suite }: Limit): string {
  return suite === undefined ? LOWEST : `${suite}:@SECLEVEL=0`
}

function apacheCommand(ports: Ports, folder: string): Command[] {
  const modules = ['mpm_event', 'authz_core', 'ssl'].map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
  )
  const hosts = ports.map(
    ([limit, port]) => `Listen 127.0.0.1:${port}
<VirtualHost 127.0.0.1:${port}>
  SSLEngine on
  SSLProtocol -all +${limit.protocol}
  SSLCipherSuite ${isTls13(limit) ? LOWEST : olderSuites(limit)}
  ${isTls13(limit) && limit.suite !== undefined ? `SSLCipherSuite TLSv1.3 ${limit.suite}` : ''}
  SSLCertificateFile ${folder}/tls.crt
  SSLCertificateKeyFile ${folder}/tls.key
</VirtualHost>`,
  )
  const head = ['ServerName good.test', 'PidFile httpd.pid', 'ErrorLog error.log', 'User nobody', 'Group nogroup']
  const lines = [`ServerRoot ${folder}`, ...modules, ...head, 'Mutex pthread', 'SSLSessionCache none', ...hosts]
  writeFileSync(path.join(folder, 'httpd.conf'), `${lines.join('\n')}\n`)
  return [{ program: 'apache2', args: ['-X', '-f', path.join(folder, 'httpd.conf')] }]
}

function nginxCommand(ports: Ports, folder: string): Command[] {
  const servers = ports.map(
    ([limit, port]) => `server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${folder}/tls.crt; ssl_certificate_key ${folder}/tls.key;
    ssl_protocols ${limit.protocol};
    ssl_ciphers ${isTls13(limit) ? LOWEST : olderSuites(limit)};
    ${isTls13(limit) && limit.suite !== undefined ? `ssl_conf_command Ciphersuites ${limit.suite};` : ''}
  }`,
  )
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  const http = `http { access_log off; ${paths.join(' ')}\n${servers.join('\n')} }`
  const head = `daemon off; master_process off; pid ${folder}/nginx.pid; events {}`
  writeFileSync(path.join(folder, 'nginx.conf'), `${head}\n${http}\n`)
  return [{ program: 'nginx', args: ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log'] }]
}

const opensslFlags = { TLSv1: '-tls1', 'TLSv1.1': '-tls1_1', 'TLSv1.2': '-tls1_2', 'TLSv1.3': '-tls1_3' } as const

function opensslCommands(ports: Ports): Command[] {
  return ports.map(([limit, port]) => {
    const suites = isTls13(limit)
      ? limit.suite === undefined
        ? []
        : ['-ciphersuites', limit.suite]
      : ['-cipher', olderSuites(limit)]
    const base = ['s_server', '-accept', `127.0.0.1:${port}`, '-cert', 'tls.crt', '-key', 'tls.key', '-www', '-quiet']
    return { program: 'openssl', args: [...base, opensslFlags[limit.protocol], ...suites] }
  })
}

function gnutlsCommand(port: number, priority: string): Command {
  const pair = [
    '--x509certfile',
    'tls.crt',
    '--x509keyfile',
    'tls.key',
    '--noticket',
    '--nocookie',
    '--echo',
    '--quiet',
  ]
  return { program: 'gnutls-serv', args: ['--port', String(port), '--priority', priority, ...pair] }
}
