import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type AccessLine,
  describeChange,
  describeLine,
  parseAccessLine,
  parseChangeLine,
} from '../../src/demo/transcript.ts'
import { emptyAccessRecord } from '../../src/observe/access-record.ts'
import { accessLineOf } from '../kit/access-line-of.ts'

const tls = { protocol: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', group: 'X25519' }
const line: AccessLine = {
  event: 'request',
  requestId: 'a',
  kind: 'originate',
  host: 'a.demo.localhost',
  port: 9444,
  decision: 'allow',
  message: 'GET a.demo.localhost:9444 allow',
  version: 1,
  rule: 'unlisted',
}

const plain = (_: string, text: string) => text
const described = (part: Partial<AccessLine>) => describeLine({ ...line, ...part }, plain).replaceAll(/ {2,}/g, '  ')

describe('the transcript', () => {
  const rows: [string, Partial<AccessLine>, string][] = [
    ['what was agreed', { tls }, 'ALLOW  a.demo.localhost:9444  TLS 1.3  X25519'],
    [
      'what was forgiven beside it',
      { decision: 'allow-untrusted', tls, findings: ['expired'], details: ['expired yesterday'] },
      'ALLOW, LOG a.demo.localhost:9444  TLS 1.3  X25519  expired yesterday',
    ],
    [
      'every finding of a refusal',
      { decision: 'deny', findings: ['expired', 'self-signed'], details: ['expired yesterday', 'signs itself'] },
      'DENY  a.demo.localhost:9444  expired yesterday; signs itself',
    ],
    [
      'the message where nothing was judged',
      { decision: 'error', message: 'hung up' },
      'FAIL  a.demo.localhost:9444  hung up',
    ],
  ]
  for (const [what, part, expected] of rows) {
    it(`shows ${what}`, () => assert.equal(described(part), expected))
  }

  it('reads the lines that the product writes', () => {
    const record = Object.assign(emptyAccessRecord(), { host: 'a.example', port: 443, method: 'GET', version: 7 })
    const read = parseAccessLine(accessLineOf(record))
    assert.deepEqual([read?.host, read?.port, read?.decision, read?.version], ['a.example', 443, 'allow', 7])
  })

  for (const other of ['', 'plain words', '{"event":"policy.applied"}']) {
    it(`passes over ${JSON.stringify(other)}`, () => assert.equal(parseAccessLine(other), undefined))
  }
})

describe('a change in the transcript', () => {
  const rows: [event: string, fields: object, expected: string | undefined][] = [
    ['policy.applied', { version: 2, message: 'version 2 is in force' }, 'v2 in force'],
    ['policy.rejected', { message: 'the change is refused: p.yaml:3:1 is odd' }, 'rejected: p.yaml:3:1 is odd'],
    ['settings.rejected', { message: 'the change is refused: bad' }, 'rejected: bad'],
    ['policy.warning', { message: 'doubtful' }, undefined],
  ]
  for (const [event, fields, expected] of rows) {
    it(`${event} is ${expected === undefined ? 'no change' : `"${expected}"`}`, () => {
      const found = parseChangeLine(JSON.stringify({ event, ...fields }))
      assert.equal(found && describeChange(found), expected)
    })
  }
})
