/**
 * Mail, directory, database and web servers as operators have them, each in a folder of its own on loopback: started
 * once by a journey, ended by their process, and removed.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { needTools, pathOf } from '../../bench/rig/tools.ts'
import { accepting, endChild, freePort, type KeyPair, keyFolder } from './real-backends.ts'

interface Cleaner {
  after(clean: () => unknown): void
}

/** A server that takes STARTTLS on one port and TLS at once on the other. */
export interface TwoPorts {
  readonly starttls: number
  readonly implicit: number
}

/** OpenLDAP with the suffix dc=test and nothing in it; cn=admin,dc=test with the password `secret` may write. */
export async function startSlapd(t: Cleaner, pair: KeyPair): Promise<TwoPorts> {
  await needTools(['slapd', 'ldapsearch'])
  const folder = keyFolder(pair)
  const ports = { starttls: await freePort(), implicit: await freePort() }
  mkdirSync(path.join(folder, 'db'))
  writeFileSync(
    path.join(folder, 'slapd.conf'),
    `include /etc/ldap/schema/core.schema
pidfile ${folder}/slapd.pid
TLSCertificateFile ${folder}/tls.crt
TLSCertificateKeyFile ${folder}/tls.key
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix "dc=test"
rootdn "cn=admin,dc=test"
rootpw secret
directory ${folder}/db
`,
  )
  const urls = `ldap://127.0.0.1:${ports.starttls} ldaps://127.0.0.1:${ports.implicit}`
  startServer(t, folder, 'slapd', ['-d', '0', '-f', path.join(folder, 'slapd.conf'), '-h', urls])
  await accepting(ports.implicit)
  return ports
}

/** Dovecot's IMAP server; every name and the password `secret` log in, and only inside TLS unless it is `open`. */
export async function startDovecot(t: Cleaner, pair: KeyPair, { open = false } = {}): Promise<TwoPorts> {
  await needTools(['dovecot'])
  const folder = keyFolder(pair)
  const ports = { starttls: await freePort(), implicit: await freePort() }
  // Its workers run as other users and reach into the folder.
  chmodSync(folder, 0o755)
  mkdirSync(path.join(folder, 'mail'), { mode: 0o777 })
  chmodSync(path.join(folder, 'mail'), 0o777)
  const listener = (name: string, port: number, more = '') =>
    `inet_listener ${name} {\n address = 127.0.0.1\n port = ${port}\n ${more}\n }\n`
  writeFileSync(
    path.join(folder, 'dovecot.conf'),
    `protocols = imap
base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = ${folder}/log
ssl = ${open ? 'yes' : 'required'}
ssl_cert = <${folder}/tls.crt
ssl_key = <${folder}/tls.key
disable_plaintext_auth = ${open ? 'no' : 'yes'}
passdb {
 driver = static
 args = password=secret
}
userdb {
 driver = static
 args = uid=mail gid=mail home=${folder}/mail/%u
}
first_valid_uid = 1
mail_location = maildir:${folder}/mail/%u
service imap-login {
 ${listener('imap', ports.starttls)} ${listener('imaps', ports.implicit, 'ssl = yes')}
}
`,
  )
  startServer(t, folder, 'dovecot', ['-F', '-c', path.join(folder, 'dovecot.conf')])
  await accepting(ports.implicit)
  return ports
}

/** Postfix: mail for anybody is taken and thrown away; without TLS nothing is taken unless it is `open`. */
export async function startPostfix(t: Cleaner, pair: KeyPair, { open = false } = {}): Promise<TwoPorts> {
  await needTools(['postfix'])
  const folder = keyFolder(pair)
  const ports = { starttls: await freePort(), implicit: await freePort() }
  chmodSync(folder, 0o755)
  for (const name of ['queue', 'data']) mkdirSync(path.join(folder, name))
  const [uid = '0', gid = '0'] = execFileSync('id', ['-u', 'postfix'], { encoding: 'utf8' })
    .concat(execFileSync('id', ['-g', 'postfix'], { encoding: 'utf8' }))
    .split('\n')
  chownSync(path.join(folder, 'data'), Number(uid), Number(gid))
  writeFileSync(path.join(folder, 'main.cf'), postfixMain(folder))
  writeFileSync(path.join(folder, 'master.cf'), postfixMaster(ports, open ? 'none' : 'encrypt'))
  // What `postfix start-fg` does, without the script that would stand between us and the master.
  execFileSync(pathOf('postfix') ?? 'postfix', ['-c', folder, 'check'], { stdio: 'ignore' })
  startServer(t, folder, '/usr/lib/postfix/sbin/master', ['-c', folder, '-d'])
  await accepting(ports.implicit)
  return ports
}

function postfixMain(folder: string): string {
  return `compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
maillog_file = ${folder}/queue/log
maillog_file_prefixes = ${folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.localhost
mydestination =
local_recipient_maps =
default_transport = discard:
relay_domains = test
relay_transport = discard:
smtpd_tls_cert_file = ${folder}/tls.crt
smtpd_tls_key_file = ${folder}/tls.key
smtpd_tls_session_cache_database =
`
}

function postfixMaster({ starttls, implicit }: TwoPorts, level: 'none' | 'encrypt'): string {
  const small = ['rewrite', 'bounce', 'defer', 'trace', 'verify', 'flush', 'discard', 'error', 'anvil', 'proxymap']
  const programs: Readonly<Record<string, string>> = { rewrite: 'trivial-rewrite', defer: 'bounce', trace: 'bounce' }
  return `127.0.0.1:${starttls} inet n - n - - smtpd -o smtpd_tls_security_level=${level}
127.0.0.1:${implicit} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
${small.map((name) => `${name} unix - - n - 0 ${programs[name] ?? name}`).join('\n')}
`
}

/** PostgreSQL that lets anybody in, over TLS only. */
export async function startPostgres(t: Cleaner, pair: KeyPair): Promise<number> {
  await needTools(['initdb', 'psql'])
  const folder = keyFolder(pair)
  const port = await freePort()
  // It refuses to run as root, and wants its key to be its own.
  const user = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : []
  if (user.length > 0) execFileSync('chown', ['-R', 'postgres', folder])
  chmodSync(path.join(folder, 'tls.key'), 0o600)
  const run = (name: string, args: readonly string[]) =>
    [...user, pathOf(name) ?? name, ...args] as [string, ...string[]]
  const [first, ...args] = run('initdb', ['-D', `${folder}/data`, '-A', 'trust', '-U', 'tester', '--no-sync'])
  execFileSync(first, args, { stdio: 'ignore' })
  writeFileSync(path.join(folder, 'data', 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 trust\n')
  const settings = { ssl: 'on', ssl_cert_file: `${folder}/tls.crt`, ssl_key_file: `${folder}/tls.key`, fsync: 'off' }
  const more = { listen_addresses: '127.0.0.1', unix_socket_directories: '', port: String(port) }
  const flags = Object.entries({ ...settings, ...more }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [program, ...rest] = run('postgres', ['-D', `${folder}/data`, ...flags])
  startServer(t, folder, program, rest)
  await accepting(port)
  return port
}

/** MariaDB with the users ann and bob, password `secret`; ann is let in over TLS only. */
export async function startMariadb(t: Cleaner, pair: KeyPair): Promise<number> {
  await needTools(['mariadbd', 'mariadb'])
  const folder = keyFolder(pair)
  const port = await freePort()
  const data = path.join(folder, 'data')
  const isRoot = process.getuid?.() === 0 ? ['--user=root'] : []
  const install = ['--no-defaults', `--datadir=${data}`, '--skip-test-db', '--skip-name-resolve', ...isRoot]
  execFileSync(pathOf('mariadb-install-db') ?? '', install, { stdio: 'ignore' })
  writeFileSync(
    path.join(folder, 'users.sql'),
    "CREATE USER ann@'%' IDENTIFIED BY 'secret' REQUIRE SSL;\nCREATE USER bob@'%' IDENTIFIED BY 'secret';\n",
  )
  const args = [
    '--no-defaults',
    `--datadir=${data}`,
    `--socket=${folder}/socket`,
    `--pid-file=${folder}/pid`,
    ...isRoot,
  ]
  const listen = ['--bind-address=127.0.0.1', `--port=${port}`, '--skip-name-resolve', '--max-allowed-packet=64M']
  const secure = [`--ssl-cert=${folder}/tls.crt`, `--ssl-key=${folder}/tls.key`, `--init-file=${folder}/users.sql`]
  startServer(t, folder, 'mariadbd', [...args, ...listen, ...secure])
  await accepting(port)
  return port
}

/** Apache that lets nobody in without a certificate of this authority; it answers with the name in it. */
export async function startApache(t: Cleaner, pair: KeyPair, clientAuthority: string): Promise<number> {
  await needTools(['apache2'])
  const folder = keyFolder(pair)
  const port = await freePort()
  chmodSync(folder, 0o755)
  mkdirSync(path.join(folder, 'www'))
  writeFileSync(path.join(folder, 'www', 'index.html'), 'welcome\n')
  writeFileSync(path.join(folder, 'clients.pem'), clientAuthority)
  const wanted = ['mpm_event', 'authz_core', 'dir', 'headers', 'ssl', 'socache_shmcb', 'unixd', 'log_config']
  const there = new Set(readdirSync('/usr/lib/apache2/modules'))
  const modules = wanted.filter((name) => there.has(`mod_${name}.so`))
  writeFileSync(
    path.join(folder, 'httpd.conf'),
    `${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
ServerName backend.localhost
ServerRoot ${folder}
PidFile ${folder}/pid
Mutex pthread
User www-data
Group www-data
ErrorLog ${folder}/error.log
Listen 127.0.0.1:${port}
DocumentRoot ${folder}/www
DirectoryIndex index.html
SSLEngine on
SSLCertificateFile ${folder}/tls.crt
SSLCertificateKeyFile ${folder}/tls.key
SSLCACertificateFile ${folder}/clients.pem
SSLVerifyClient require
Header set X-Client %{SSL_CLIENT_S_DN_CN}s
<Directory ${folder}/www>
 Require all granted
</Directory>
`,
  )
  startServer(t, folder, 'apache2', ['-D', 'FOREGROUND', '-f', path.join(folder, 'httpd.conf')])
  await accepting(port)
  return port
}

/** Starts a server in its folder; both are gone when the test is over. */
export function startServer(
  t: Cleaner,
  folder: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): ChildProcess {
  const child = spawn(pathOf(command) ?? command, args, { cwd: folder, env, stdio: 'ignore' })
  t.after(async () => {
    // Most of them end their own children when they are asked to end, and leave them behind when they are killed.
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 3000).unref())])
    }
    await endChild(child, folder)
  })
  return child
}
