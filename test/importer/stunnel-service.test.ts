/** Goal: what a client service of stunnel forwards becomes a service that our settings take. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readDocument } from '../../src/policy/document/document.ts'
import { settingsSchema } from '../../src/settings/schema.ts'
import { importText } from './import-text.ts'

const strict = 'verifyChain = yes\ncheckHost = a.example'

async function servicesOf(lines: string) {
  const { settings, report } = await importText('stunnel', `client = yes\n[mail]\n${lines}\n${strict}\n`)
  if (settings === undefined) return { services: [], report }
  return { services: readDocument(settings, { file: 'x', schema: settingsSchema }).value.services ?? [], report }
}

const connect = 'connect = a.example:25'

describe('a client service of stunnel', () => {
  const accepted: readonly (readonly [string, object])[] = [
    ['accept = 127.0.0.1:2525', { kind: 'tcp', host: '127.0.0.1', port: 2525, isTls: false }],
    ['accept = localhost:2525', { kind: 'tcp', host: '127.0.0.1', port: 2525, isTls: false }],
    ['accept = 2525', { kind: 'tcp', host: '127.0.0.1', port: 2525, isTls: false }],
    ['accept = 10.0.0.1:2525', { kind: 'tcp', host: '127.0.0.1', port: 2525, isTls: false }],
    ['accept = :::2525', { kind: 'tcp', host: '::1', port: 2525, isTls: false }],
    ['accept = /run/mail.sock', { kind: 'unix', path: '/run/mail.sock', isTls: false }],
  ]
  for (const [line, accept] of accepted) {
    it(`accepts for ${line}`, async () => {
      const { services } = await servicesOf(`${line}\n${connect}`)
      assert.deepEqual(
        services.map((each) => each.accept),
        [accept],
      )
    })
  }

  it('takes protocol, failover, several backends and timeouts along', async () => {
    const lines = 'protocol = smtp\nfailover = rr\nconnect = b.example:25\nTIMEOUTconnect = 7\nTIMEOUTidle = 60'
    const { services, report } = await servicesOf(`accept = 2525\n${connect}\n${lines}`)
    const [{ starttls, failover, connect: backends, timeouts } = {} as never] = services
    assert.deepEqual([starttls, failover, timeouts], ['smtp', 'roundRobin', { connect: 7000, idle: 60_000 }])
    assert.deepEqual(
      backends.map(({ authority }) => authority),
      ['a.example:25', 'b.example:25'],
    )
    assert.ok(!report.some(({ result }) => result === 'ignored'), JSON.stringify(report))
  })

  const none: readonly (readonly [string, string])[] = [
    [connect, 'nothing accepts'],
    [`accept = ldap\n${connect}`, 'the port is a name, and names are not looked up'],
    ['accept = 2525\nconnect = *.a.example:25', 'a pattern cannot be dialled'],
    [
      `accept = 2525\nprotocol = connect\nprotocolHost = b.example:443\n${connect}`,
      'we do not ask a proxy for the way',
    ],
    [`accept = /${'x'.repeat(120)}\n${connect}`, 'no system has room for such a path'],
  ]
  for (const [lines, why] of none) {
    it(`becomes no service where ${why}`, async () => {
      const { services, report } = await servicesOf(lines)
      assert.deepEqual(services, [])
      if (lines.startsWith('accept')) {
        assert.ok(
          report.some(({ says }) => /no service: it is to be written by hand/.test(says)),
          JSON.stringify(report),
        )
      }
    })
  }
})
