/**
 * Goal: programs that know neither proxy nor TLS reach the servers people have, by services from one settings file: the
 * client hosts of the stunnel example (ldaps, imaps, smtps), the same by STARTTLS, and PostgreSQL. Method: the real
 * servers on loopback, each with its usual client speaking plain text to us.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { needTools } from '../../bench/rig/tools.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { startDovecot, startPostfix, startPostgres, startSlapd } from '../kit/real-servers.ts'
import { startCourier } from '../kit/start-courier.ts'
import { type CommandResult, runProgram, type Sidecar, startSidecar } from '../kit/start-sidecar.ts'

const cleaning: (() => unknown)[] = []
const cleaner = { after: (clean: () => unknown) => void cleaning.push(clean) }
let sidecar: Sidecar
const serversNeeded = ['slapd', 'ldapsearch', 'dovecot', 'postfix', 'initdb', 'psql', 'couriertcpd'] as const

before(async () => {
  // All at once: one by one each would ask for the list of packages anew.
  await needTools([...serversNeeded, 'python3'])
  const trust = await makeTrust(['backend.localhost'])
  const [slapd, dovecot, courier, postfix, postgres] = await Promise.all([
    startSlapd(cleaner, trust.leaf),
    startDovecot(cleaner, trust.leaf),
    startCourier(cleaner, trust.leaf),
    startPostfix(cleaner, trust.leaf),
    startPostgres(cleaner, trust.leaf),
  ])
  const service = (name: string, port: number, more = '') =>
    `  - { name: ${name}, accept: "127.0.0.1:0", connect: "tls://backend.localhost:${port}"${more} }\n`
  sidecar = await startSidecar(cleaner, {
    trust: { corp: trust.ca.certificate },
    spec: 'strictTls: { defaultTrustStore: none, customTrustStores: [corp] }',
    settings:
      'services:\n' +
      service('ldaps', slapd.implicit) +
      service('ldap', slapd.starttls, ', starttls: ldap') +
      service('imaps', dovecot.implicit) +
      service('imap', dovecot.starttls, ', starttls: imap') +
      service('courier-imaps', courier.implicit) +
      service('courier-imap', courier.starttls, ', starttls: imap') +
      service('smtps', postfix.implicit) +
      service('submission', postfix.starttls, ', starttls: smtp') +
      service('database', postgres, ', starttls: pgsql') +
      service('misled', slapd.starttls, ', starttls: imap, timeouts: { handshake: 1s }'),
  })
})
after(async () => {
  for (const clean of cleaning.reverse()) await clean()
})

const python = (script: string): Promise<CommandResult> => runProgram('python3', ['-c', script])

/** The line of the last caller of a service. */
async function lineOf(service: string) {
  const { error, verdict, tls } = await sidecar.line(
    ({ event, entrance }) => event === 'tunnel' && entrance === service,
  )
  return { error, verdict, protocol: (tls as { protocol: string } | undefined)?.protocol }
}
const trusted = { error: undefined, verdict: 'trusted', protocol: 'TLSv1.3' }

describe('slapd', () => {
  for (const service of ['ldaps', 'ldap']) {
    it(`answers ldapsearch in plain text by the service ${service}`, async () => {
      const url = `ldap://127.0.0.1:${sidecar.servicePort(service)}`
      const { stdout, stderr } = await runProgram('ldapsearch', [
        ...['-x', '-LLL', '-H', url, '-b', '', '-s', 'base', 'namingContexts'],
      ])
      assert.match(stdout, /^namingContexts: dc=test$/m, stderr)
      assert.deepEqual(await lineOf(service), trusted)
    })
  }

  it('is refused when it is asked in the words of another protocol', async () => {
    const url = `ldap://127.0.0.1:${sidecar.servicePort('misled')}`
    const { code } = await runProgram('ldapsearch', ['-x', '-H', url, '-b', '', '-s', 'base', '-o', 'nettimeout=5'])
    assert.notEqual(code, 0)
    // An LDAP server waits for its client, and so did we.
    const { error } = await sidecar.line(({ event, entrance }) => event === 'tunnel' && entrance === 'misled')
    assert.equal(error, 'BACKEND_HANDSHAKE_TIMEOUT')
  })
})

for (const [server, prefix] of [
  ['Dovecot', ''],
  ['Courier', 'courier-'],
] as const) {
  describe(server, () => {
    for (const service of [`${prefix}imaps`, `${prefix}imap`]) {
      it(`lets imaplib log in by the service ${service}, and offers no STARTTLS inside TLS`, async () => {
        const { stdout, stderr } = await python(`
import imaplib
imap = imaplib.IMAP4('127.0.0.1', ${sidecar.servicePort(service)})
print(imap.welcome.decode())
print('STARTTLS' in imap.capabilities, 'LOGINDISABLED' in imap.capabilities)
imap.login('ann', 'secret')
print(imap.append('INBOX', None, None, b'Subject: hi\\r\\n\\r\\nthere\\r\\n')[0])
print(imap.select('INBOX'))
imap.logout()`)
        assert.match(stdout, /^\* OK .*\nFalse False\nOK\n\('OK', \[b'\d+'\]\)\n$/, stderr)
        assert.deepEqual(await lineOf(service), trusted)
      })
    }
  })
}

describe('Postfix', () => {
  for (const service of ['smtps', 'submission']) {
    it(`takes a mail from smtplib by the service ${service}`, async () => {
      const { stdout, stderr } = await python(`
import smtplib
smtp = smtplib.SMTP('127.0.0.1', ${sidecar.servicePort(service)}, local_hostname='app.test', timeout=10)
smtp.ehlo()
print(smtp.has_extn('starttls'))
print(smtp.sendmail('ann@app.test', ['bob@test'], 'Subject: hi\\r\\n\\r\\n' + 'line of text\\r\\n' * 10000))
print(smtp.quit())`)
      assert.match(stdout, /^False\n\{\}\n\(221, .*\)\n$/, stderr)
      assert.deepEqual(await lineOf(service), trusted)
    })
  }
})

describe('PostgreSQL', () => {
  it('answers psql in plain text, and says that it was reached by TLS', async () => {
    const where = `host=127.0.0.1 port=${sidecar.servicePort('database')} user=tester dbname=postgres sslmode=disable`
    const query =
      "select ssl, version from pg_stat_ssl where pid = pg_backend_pid(); select sum(length(repeat('x', n))) from generate_series(1, 3000) n"
    const { stdout, stderr } = await runProgram('psql', ['-At', '-c', query, where], {
      env: { PGGSSENCMODE: 'disable' },
    })
    assert.equal(stdout, 't|TLSv1.3\n4501500\n', stderr)
    assert.deepEqual(await lineOf('database'), trusted)
  })
})
