/**
 * Courier's IMAP server. Its package cannot stand beside Dovecot's and wants a mail server of its own, so it is unpacked
 * into the folder of the test and not installed; what it needs besides is installed. Its logins are answered by us in
 * the place of its own daemon: every name and the password `secret`.
 */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { aptGet, needTools, pathOf } from '../../bench/rig/tools.ts'
import { accepting, freePort, type KeyPair, keyFolder } from './real-backends.ts'
import { startServer, type TwoPorts } from './real-servers.ts'

interface Cleaner {
  after(clean: () => unknown): void
}

/** Where its programs ask for logins; the path is compiled into them. */
const LOGIN_SOCKET = '/run/courier/authdaemon/socket'

/** Starts it with a folder of mail that is empty; the one port takes STARTTLS, and nobody logs in there without. */
export async function startCourier(t: Cleaner, pair: KeyPair): Promise<TwoPorts> {
  await needTools(['couriertcpd', 'maildirmake.courier'])
  const folder = keyFolder(pair)
  // Its workers run as other users and reach into the folder.
  chmodSync(folder, 0o755)
  writeFileSync(path.join(folder, 'both.pem'), pair.key + pair.certificate)
  execFileSync('maildirmake.courier', [path.join(folder, 'Maildir')])
  execFileSync('chown', ['-R', 'mail:mail', path.join(folder, 'Maildir')])
  const programs = await unpack(folder)
  await answerLogins(t, folder)
  const ports = { starttls: await freePort(), implicit: await freePort() }
  const couriertls = pathOf('couriertls') ?? 'couriertls'
  const login = [`${programs}/usr/lib/courier/courier/imaplogin`, `${programs}/usr/bin/imapd`, 'Maildir']
  const listen = ['-address=127.0.0.1', '-maxprocs=20', '-maxperip=20', '-nodnslookup', '-noidentlookup']
  const env = {
    PATH: process.env.PATH,
    IMAP_CAPABILITY: 'IMAP4rev1 UIDPLUS',
    IMAP_CAPABILITY_TLS: 'IMAP4rev1 UIDPLUS AUTH=PLAIN',
    IMAP_UMASK: '022',
    COURIERTLS: couriertls,
    TLS_CERTFILE: path.join(folder, 'both.pem'),
    TLS_TRUSTCERTS: '/etc/ssl/certs',
    TLS_VERIFYPEER: 'NONE',
  }
  const starttls = { ...env, IMAP_STARTTLS: 'YES', IMAP_TLS_REQUIRED: '1' }
  startServer(t, folder, 'couriertcpd', [...listen, String(ports.starttls), ...login], starttls)
  const secured = [...listen, String(ports.implicit), couriertls, '-server', '-tcpd', ...login]
  startServer(t, folder, 'couriertcpd', secured, { ...env, IMAP_TLS: '1' })
  await Promise.all([accepting(ports.starttls), accepting(ports.implicit)])
  return ports
}

/** Fetches the package and gives the folder that stands for the root of it. */
async function unpack(folder: string): Promise<string> {
  const download = path.join(folder, 'package')
  mkdirSync(download)
  // Fetched as root, because the user of apt may not write there.
  const fetch = () => aptGet(['download', '-q', '-o', 'APT::Sandbox::User=root', 'courier-imap'], download)
  // The lists may be old, or were never there: what it needs besides may have come with the image.
  if ((await fetch()).code !== 0) {
    await aptGet(['update', '-q'])
    await fetch()
  }
  const [name] = readdirSync(download)
  if (name === undefined) throw new Error('could not fetch courier-imap')
  execFileSync('dpkg-deb', ['-x', name, 'root'], { cwd: download })
  return path.join(download, 'root')
}

async function answerLogins(t: Cleaner, folder: string): Promise<void> {
  rmSync(LOGIN_SOCKET, { force: true })
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (asked) => {
      const isKnown = asked.toString().endsWith('\nlogin\nann\nsecret\n')
      const mail = `UID=8\nGID=8\nHOME=${folder}\nADDRESS=ann\nMAILDIR=${folder}/Maildir\n.\n`
      socket.end(isKnown ? mail : 'FAIL\n')
    })
  })
  server.listen(LOGIN_SOCKET)
  await once(server, 'listening')
  t.after(() => server.close())
}
