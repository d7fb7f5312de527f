/** The programs the rig needs. A missing one is installed or named in an error, never passed over in silence. */
import fs from 'node:fs'
import { type CommandResult, runCommand } from './run-command.ts'

/** Command to Debian package. */
const packages = {
  wrk: 'wrk',
  nginx: 'nginx-light',
  haproxy: 'haproxy',
  stunnel: 'stunnel4',
  curl: 'curl',
  openssl: 'openssl',
  python3: 'python3',
  keytool: 'default-jre-headless',
  certutil: 'libnss3-tools',
  pk12util: 'libnss3-tools',
  'gnutls-cli': 'gnutls-bin',
  'gnutls-serv': 'gnutls-bin',
  slapd: 'slapd',
  ldapsearch: 'ldap-utils',
  postfix: 'postfix',
  dovecot: 'dovecot-imapd',
  couriertcpd: 'courier-base',
  'maildirmake.courier': 'courier-base',
  initdb: 'postgresql',
  psql: 'postgresql-client',
  apache2: 'apache2',
  mariadbd: 'mariadb-server-core',
  mariadb: 'mariadb-client-core',
  'systemd-analyze': 'systemd',
  'systemd-notify': 'systemd',
  'systemd-socket-activate': 'systemd',
  perl: 'perl-base',
  tinyproxy: 'tinyproxy',
  microsocks: 'microsocks',
  'docker-compose': 'docker-compose',
  chromium: 'chromium',
} as const

export type Tool = keyof typeof packages

const INSTALL_LIMIT_MS = 180_000

/** Makes sure that every tool is there; as root on Debian the missing ones are installed. */
export async function needTools(tools: readonly Tool[]): Promise<void> {
  const missing = tools.filter((tool) => !isOnPath(tool))
  if (missing.length === 0) return
  const names = [...new Set(missing.map((tool) => packages[tool]))]
  const byHand = `apt-get install ${names.join(' ')}`
  if (process.getuid?.() !== 0 || !isOnPath('apt-get')) {
    throw new Error(`missing: ${missing.join(', ')}. Install them and run again, on Debian with: ${byHand}`)
  }
  process.stderr.write(`installing ${names.join(', ')}\n`)
  // Lists of packages that an earlier file fetched are new enough; where there are none, or old ones, they come now.
  let { stderr } = await install(names)
  const isMissing = () => missing.some((tool) => !isOnPath(tool))
  if (isMissing()) {
    await aptGet(['update', '-q'])
    stderr = (await install(names)).stderr
  }
  const still = missing.filter((tool) => !isOnPath(tool))
  if (still.length > 0) throw new Error(`could not install ${still.join(', ')} (${byHand}):\n${stderr}`)
}

function install(names: readonly string[]) {
  return aptGet(['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=150', ...names])
}

/**
 * Runs apt-get. Test files run side by side, and only some of apt's own locks are waited for: whoever comes second waits
 * here.
 */
export function aptGet(args: readonly string[], cwd?: string): Promise<CommandResult> {
  // RUNLEVEL=1 keeps Debian's packages from starting a system-wide nginx or stunnel as they are installed.
  const env = { ...process.env, RUNLEVEL: '1', DEBIAN_FRONTEND: 'noninteractive' }
  return runCommand('flock', ['/var/lib/apt', 'apt-get', ...args], {
    timeoutMs: INSTALL_LIMIT_MS,
    env,
    ...(cwd && { cwd }),
  })
}

/** Versions of what took part, for the record beside the figures. */
export async function toolVersions(): Promise<Record<string, string>> {
  const asked: readonly (readonly [string, string, readonly string[]])[] = [
    ['nginx', 'nginx', ['-V']],
    ['haproxy', 'haproxy', ['-v']],
    ['stunnel', 'stunnel', ['-version']],
    ['wrk', 'wrk', ['-v']],
    ['openssl', 'openssl', ['version']],
  ]
  const versions: Record<string, string> = { node: process.version, 'node-openssl': process.versions.openssl }
  for (const [name, command, args] of asked) {
    if (!isOnPath(command)) continue
    const { stdout, stderr } = await runCommand(command, args, { timeoutMs: 5_000 })
    const line = `${stderr}\n${stdout}`.split('\n').find((text) => /\d+\.\d+/.test(text)) ?? ''
    versions[name] = line.trim().slice(0, 80)
  }
  return versions
}

/** Finds the file of a command; undefined when it is not there. */
export function pathOf(command: string): string | undefined {
  // Debian keeps servers in /usr/sbin, which is not on every user's path, and those of PostgreSQL by their version.
  const own = ['/usr/sbin', '/usr/local/sbin', ...fs.globSync('/usr/lib/postgresql/*/bin')]
  const folders = [...own, ...(process.env.PATH ?? '').split(':')]
  return folders.map((folder) => `${folder}/${command}`).find((file) => fs.existsSync(file))
}

function isOnPath(command: string): boolean {
  return pathOf(command) !== undefined
}
