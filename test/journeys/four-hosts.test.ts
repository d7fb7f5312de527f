/**
 * Goal: the four hosts of the stunnel example work from the files under deploy/four-hosts, one instance on each: programs
 * of the web server send and read mail and search the directory, TLS between the hosts, plain text at both ends. Method:
 * the files as they are, but for names and ports that are free here, with the real servers behind.
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { needTools } from '../../bench/rig/tools.ts'
import { type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { startDovecot, startPostfix, startSlapd } from '../kit/real-servers.ts'
import { runProgram, type Sidecar, startSidecar } from '../kit/start-sidecar.ts'

const cleaning: (() => unknown)[] = []
const cleaner = { after: (clean: () => unknown) => void cleaning.push(clean) }
const examples = fileURLToPath(new URL('../../deploy/four-hosts/', import.meta.url))
let folder: string
let site: MadeCertificate
let web: Sidecar
let hosts: Readonly<Record<'ldaphost' | 'mailhost' | 'gateway', Sidecar>>

before(async () => {
  await needTools(['slapd', 'ldapsearch', 'dovecot', 'postfix', 'python3', 'openssl'])
  folder = mkdtempSync(path.join(tmpdir(), 'vedette-hosts-'))
  cleaner.after(() => rmSync(folder, { recursive: true, force: true }))
  site = await makeCertificate({ subject: 'Site CA', ca: true })
  writeFileSync(path.join(folder, 'site.pem'), site.certificate)
  await Promise.all([
    writePair('webserver', 'www.localhost'),
    writePair('other', 'other.localhost'),
    writePair('ldaphost', 'ldap.localhost'),
    writePair('mailhost', 'mail.localhost'),
    writePair('gateway', 'gw.localhost'),
  ])
  const unused = await makeCertificate({ subject: 'unused' })
  const [slapd, dovecot, postfix] = await Promise.all([
    startSlapd(cleaner, unused),
    startDovecot(cleaner, unused, { open: true }),
    startPostfix(cleaner, unused, { open: true }),
  ])
  const [ldaphost, mailhost, gateway] = await Promise.all([
    startHost('ldaphost', { '389': slapd.starttls }),
    startHost('mailhost', { '143': dovecot.starttls }),
    startHost('gateway', { '587': postfix.starttls }),
  ])
  hosts = { ldaphost, mailhost, gateway }
  web = await startHost('webserver', {
    '636': ldaphost.servicePort('ldaps'),
    '993': mailhost.servicePort('imaps'),
    '465': gateway.servicePort('smtps'),
  })
})
after(async () => {
  for (const clean of cleaning.reverse()) await clean()
})

async function writePair(name: string, dns: string): Promise<void> {
  const { certificate, key } = await makeCertificate({ subject: name, issuer: site, sans: { dns: [dns] } })
  mkdirSync(path.join(folder, name))
  writeFileSync(path.join(folder, name, 'tls.crt'), certificate)
  writeFileSync(path.join(folder, name, 'tls.key'), key)
}

/** Starts a host from its files: names of this machine, free ports to accept on, and the ports given to connect to. */
function startHost(name: string, ports: Readonly<Record<string, number>>): Promise<Sidecar> {
  const fitted = (file: string) =>
    readFileSync(path.join(examples, name, file), 'utf8')
      .replaceAll('.tinynet.example', '.localhost')
      .replaceAll(/(accept: "(?:tls:\/\/)?)[\d.]+:\d+"/g, '$1127.0.0.1:0"')
      .replaceAll(/(\.localhost|127\.0\.0\.1):(\d+)"/g, (whole, host, port) =>
        ports[port] ? `${host}:${ports[port]}"` : whole,
      )
  const own = ['proxy', 'admin', 'health'].map((door) =>
    door === 'proxy' ? 'proxy: { listen: ["127.0.0.1:0"] }' : `${door}: { listen: "127.0.0.1:0" }`,
  )
  return startSidecar(cleaner, {
    trust: { site: site.certificate },
    files: {
      'vedette.yaml': `${fitted('vedette.yaml')}${own.join('\n')}\nidentities: ${folder}\nworkers: 1\n`,
      'policies/default.yaml': fitted('policies/default.yaml').replace(
        'unlisted: deny }',
        'unlisted: deny, allowAddresses: [127.0.0.0/8] }',
      ),
    },
  })
}

/** What both hosts say of one connection: who was called by whom, over TLS, and into plain text behind it. */
async function assertCarried(service: 'ldaps' | 'imaps' | 'smtps', host: keyof typeof hosts): Promise<void> {
  const isOf = ({ event, entrance, error }: Record<string, unknown>) =>
    event === 'tunnel' && entrance === service && error === undefined
  const out = await web.line(isOf)
  assert.deepEqual([out.scheme, out.verdict, out.rule], ['tls', 'trusted', 'hosts'])
  const { scheme, rule, callerIdentity } = await hosts[host].line(isOf)
  assert.deepEqual([scheme, rule], ['tcp', service])
  assert.match(String(callerIdentity), /^dns:www\.localhost, commonName:webserver/)
}

const python = (script: string) => runProgram('python3', ['-c', script])

describe('on the web server', () => {
  it('ldapadd writes an entry into the directory, and ldapsearch finds it', async () => {
    const where = ['-x', '-H', `ldap://127.0.0.1:${web.servicePort('ldaps')}`]
    const input = 'dn: dc=test\nobjectClass: dcObject\nobjectClass: organization\ndc: test\no: The Site\n'
    const added = await runProgram('ldapadd', [...where, '-D', 'cn=admin,dc=test', '-w', 'secret'], { input })
    assert.equal(added.code, 0, added.stderr)
    const { stdout, stderr } = await runProgram('ldapsearch', [...where, '-LLL', '-b', 'dc=test', '(dc=test)', 'o'])
    assert.equal(stdout, 'dn: dc=test\no: The Site\n\n', stderr)
    await assertCarried('ldaps', 'ldaphost')
  })

  it('smtplib sends a mail', async () => {
    const { stdout, stderr } = await python(`
import smtplib
smtp = smtplib.SMTP('127.0.0.1', ${web.servicePort('smtps')}, local_hostname='app.test', timeout=10)
print(smtp.sendmail('ann@app.test', ['bob@test'], 'Subject: hi\\r\\n\\r\\nthere\\r\\n'))
smtp.quit()`)
    assert.equal(stdout, '{}\n', stderr)
    await assertCarried('smtps', 'gateway')
  })

  it('imaplib reads a mail', async () => {
    const { stdout, stderr } = await python(`
import imaplib
imap = imaplib.IMAP4('127.0.0.1', ${web.servicePort('imaps')})
imap.login('ann', 'secret')
imap.append('INBOX', None, None, b'Subject: hi\\r\\n\\r\\nthere\\r\\n')
imap.select('INBOX')
print(imap.fetch('1', '(BODY[TEXT])')[1][0][1])
imap.logout()`)
    assert.equal(stdout, "b'there\\r\\n'\n", stderr)
    await assertCarried('imaps', 'mailhost')
  })
})

describe('the other hosts', () => {
  const callers = {
    'nobody in particular': [undefined, 'CALLER_TLS_FAILED'],
    'another host of the site': ['other', 'CALLER_CERTIFICATE_REFUSED'],
  } as const
  for (const [caller, [pair, code]] of Object.entries(callers)) {
    it(`do not let in ${caller}`, async () => {
      const where = ['-connect', `127.0.0.1:${hosts.gateway.servicePort('smtps')}`]
      const shown =
        pair === undefined ? [] : ['-cert', `${folder}/${pair}/tls.crt`, '-key', `${folder}/${pair}/tls.key`]
      const before = hosts.gateway.lines('tunnel').length
      const { stdout } = await runProgram('openssl', ['s_client', '-quiet', ...where, ...shown], {
        input: 'EHLO x\r\n',
      })
      assert.equal(stdout, '')
      await hosts.gateway.until(() => hosts.gateway.lines('tunnel').length > before)
      assert.equal(hosts.gateway.lines('tunnel').at(-1)?.error, code)
    })
  }
})
