import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ErrorCode, errorCodes, faultOf, SidecarError } from '../../src/errors.ts'
import { findingNames } from '../../src/policy/policy.ts'
import { remedies } from '../../src/policy/remedies.ts'
import { errorReply } from '../../src/proxy/error-reply.ts'

const form = { html: false, message: '' }
const context = {
  destination: 'b.test:443',
  requestId: '1-a-1',
  policyVersion: 7,
  close: true,
  bodyless: false,
  ...form,
}

test('every code has a status that fits whose fault it is', () => {
  for (const code of Object.keys(errorCodes) as ErrorCode[]) {
    const { status } = errorReply(new SidecarError(code, 'it failed'), context)
    const fault = faultOf(code)
    if (fault === 'caller' && code !== 'CALLER_LOOP' && code !== 'CALLER_LEFT')
      assert.ok(status >= 400 && status < 500, code)
    if (fault === 'policy') assert.ok(status === 403 || status === 502, code)
    if (fault === 'backend') assert.ok(status === 502 || status === 504, code)
    if (fault === 'operator') assert.equal(status, 500, code)
  }
})

const rows = [
  { code: 'POLICY_UNLISTED', status: 403, error: 'http_request_denied' },
  { code: 'POLICY_ADDRESS_DENIED', status: 502, error: 'destination_ip_prohibited' },
  { code: 'BACKEND_NAME_NOT_FOUND', status: 502, error: 'dns_error' },
  { code: 'BACKEND_DNS_FAILED', status: 504, error: 'dns_timeout' },
  { code: 'BACKEND_CONNECT_REFUSED', status: 502, error: 'connection_refused' },
  { code: 'BACKEND_CONNECT_TIMEOUT', status: 504, error: 'connection_timeout' },
  { code: 'BACKEND_REFUSED_US', status: 502, error: 'tls_alert_received' },
  { code: 'INTERNAL_ERROR', status: 500, error: 'proxy_internal_error' },
] as const
for (const { code, status, error } of rows) {
  test(`${code} is ${status} ${error}, as RFC 9209 recommends`, () => {
    const reply = errorReply(new SidecarError(code, 'it failed'), context)
    assert.equal(reply.status, status)
    assert.match(reply.text, new RegExp(`\r\nProxy-Status: vedette; error=${error}; details="it failed"\r\n`))
  })
}

test('a refusal for the protocol alone is no certificate error', () => {
  for (const [names, error] of [
    [['protocol-refused'], 'tls_protocol_error'],
    [['protocol-refused', 'expired'], 'tls_certificate_error'],
  ] as const) {
    const blocking = names.map((name) => ({ name, detail: '' }))
    const details = { verdict: { outcome: 'refused', findings: blocking, blocking, because: [], wouldRefuse: false } }
    const reply = errorReply(new SidecarError('POLICY_VERDICT_REFUSED', 'refused', { details }), context)
    assert.match(reply.text, new RegExp(`error=${error};`))
  }
})

test('the body says what, about whom, what to change, and under which request and version it is found in the log', () => {
  const { text } = errorReply(new SidecarError('POLICY_UNLISTED', 'no rule names b.test:443'), context)
  assert.deepEqual(JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)), {
    type: 'urn:vedette:error:POLICY_UNLISTED',
    title: 'http_request_denied',
    status: 403,
    detail: 'no rule names b.test:443',
    fault: 'policy',
    destination: 'b.test:443',
    hint: errorCodes.POLICY_UNLISTED.hint,
    operatorReference: 'docs/reasons.md#policy_unlisted',
    requestId: '1-a-1',
    policyVersion: 7,
  })
})

test('the hint is the remedy of what refuses first, not of what is only found', () => {
  const named = (name: string) => ({ name, detail: '' })
  const hintFor = (blocking: readonly string[]) => {
    const verdict = {
      ...{ outcome: 'refused', because: [], wouldRefuse: false },
      ...{ findings: [named('self-signed'), ...blocking.map(named)], blocking: blocking.map(named) },
    }
    const { text } = errorReply(new SidecarError('POLICY_VERDICT_REFUSED', 'no', { details: { verdict } }), context)
    return JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)).hint
  }
  for (const name of findingNames) assert.equal(hintFor([name]), remedies[name])
  assert.equal(hintFor(['name-mismatch', 'expired']), remedies['name-mismatch'])
  assert.equal(hintFor(['expired', 'name-mismatch']), remedies.expired)
  assert.equal(new Set(Object.values(remedies)).size, findingNames.length)
  const { text } = errorReply(new SidecarError('POLICY_VERDICT_REFUSED', 'no'), context)
  assert.match(text, /"hint":"See the findings/)
})

test('whatever a message contains, the reply has exactly the fields we wrote', () => {
  const evil = 'a"\\\r\nSet-Cookie: x=1\r\n\r\n<script>\u2028\u00e9\0\u010d\u010aX: y'
  const { text } = errorReply(new SidecarError('BACKEND_BAD_RESPONSE', evil), context)
  const [head = '', body = ''] = text.split('\r\n\r\n')
  const names = head
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(':')[0])
  assert.deepEqual(names, ['Proxy-Status', 'Content-Type', 'Cache-Control', 'Content-Length', 'Connection'])
  assert.equal(Number(/Content-Length: (\d+)/.exec(head)?.[1]), body.length)
  assert.equal(JSON.parse(Buffer.from(body, 'latin1').toString()).detail, evil)
})

test('what the operator has to say stands beside the reason, in both forms', () => {
  const message = 'Ask ops <ops@corp.example>'
  const error = new SidecarError('POLICY_UNLISTED', 'no rule names b.test:443')
  const { text } = errorReply(error, { ...context, message })
  assert.equal(JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)).operatorMessage, message)
  assert.match(
    errorReply(error, { ...context, message, html: true }).text,
    /<p>Ask ops &#60;ops@corp\.example&#62;<\/p>/,
  )
})

test('a page says what the body for programs says, and whatever is in it is text', () => {
  const findings = [{ name: 'name-mismatch', detail: '<img src=x onerror=alert(1)>' }]
  const verdict = { outcome: 'refused', findings, blocking: findings, because: [], wouldRefuse: false }
  const error = new SidecarError('POLICY_VERDICT_REFUSED', '"é" & <script>', { details: { verdict } })
  const { status, text } = errorReply(error, { ...context, destination: "b'<.test:443", html: true })
  const [head = '', body = ''] = text.split('\r\n\r\n')
  assert.equal(status, 502)
  assert.match(head, /^Content-Type: text\/html; charset=utf-8$/m)
  assert.match(head, /^Content-Security-Policy: default-src 'none'; .*sandbox$/m)
  assert.equal(Number(/Content-Length: (\d+)/.exec(head)?.[1]), body.length)
  assert.doesNotMatch(body, /<script|<img|'</)
  const read = Buffer.from(body, 'latin1').toString()
  assert.match(read, /&#34;é&#34; &#38; &#60;script&#62;/)
  for (const said of [
    /name-mismatch/,
    /1-a-1/,
    /policy version 7/,
    /ask for the name it was issued to/,
    /reasons\.md#policy_v/,
  ])
    assert.match(read, said)
})

test('an answer to HEAD has the fields and no body', () => {
  const { text } = errorReply(new SidecarError('POLICY_UNLISTED', 'no'), { ...context, bodyless: true })
  assert.ok(text.endsWith('\r\n\r\n'))
})

test('a received alert is named', () => {
  const error = new SidecarError('BACKEND_REFUSED_US', 'alert', { details: { alert: 'handshake_failure' } })
  assert.match(errorReply(error, context).text, /; alert-message="handshake_failure"; /)
})
