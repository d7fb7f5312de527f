/** Small Diffie-Hellman groups: taken behind the legacy hatch alone, and a finding like any other everywhere else. */
import assert from 'node:assert/strict'
import { getDiffieHellman } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import type { ExceptionRecord, Rule } from '../../src/policy/policy.ts'
import type { Verdict } from '../../src/policy/verdict.ts'
import { makeOffer, type OfferWish } from '../kit/make-snapshot.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { makeBackends, namesOf } from '../kit/reach.ts'
import { startOpensslServer } from '../kit/real-backends.ts'

const trust = await makeTrust(['good.test'], { leaf: { keyType: 'rsa' } })
const resolve = async () => ['127.0.0.1']

/** The second group of Oakley: 1024 bits, as appliances of long ago have it. */
const folder = mkdtempSync(path.join(tmpdir(), 'vedette-dh-'))
const smallGroup = path.join(folder, 'dh.pem')
writeFileSync(smallGroup, pemOf(getDiffieHellman('modp2').getPrime()))
test.after(() => rmSync(folder, { recursive: true }))
const server = ['-tls1_2', '-cipher', 'DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0']

const dhe: OfferWish = { protocols: ['TLSv1.2'], ciphers: ['TLS_DHE_RSA_WITH_AES_128_GCM_SHA256'] }
const forgiven: Omit<ExceptionRecord, 'port'> = {
  host: 'good.test',
  findings: ['group-refused'],
  untilMs: Number.MAX_SAFE_INTEGER,
  owner: 'ops',
  reason: 'it is replaced in March',
}

interface Row {
  readonly why: string
  readonly offer: OfferWish
  readonly rule?: Partial<Rule>
  readonly exception?: boolean
  readonly lands: readonly [Verdict['outcome'], ...string[]]
  readonly because?: Verdict['because']
  readonly detail: RegExp
}

const rows: readonly Row[] = [
  {
    why: 'at the usual security level',
    offer: dhe,
    lands: ['refused', 'group-refused'],
    detail: /^chose a Diffie-Hellman group that is too small for the security level of the rule$/,
  },
  {
    why: 'at a lowered security level alone',
    offer: { ...dhe, securityLevel: 1 },
    lands: ['refused', 'group-refused'],
    detail: /^a Diffie-Hellman group of 1024 bits was agreed on, the rule offers 2048 bits and more$/,
  },
  { why: 'by minDhBits', offer: { ...dhe, securityLevel: 1, minDhBits: 1024 }, lands: ['trusted'], detail: /^$/ },
  {
    why: 'by minDhBits that asks for more',
    offer: { ...dhe, securityLevel: 0, minDhBits: 1536 },
    lands: ['refused', 'group-refused'],
    detail: /1536 bits and more$/,
  },
  {
    why: 'in report mode',
    offer: { ...dhe, securityLevel: 1 },
    rule: { enforcement: 'report' },
    lands: ['allowed', 'group-refused'],
    because: ['report'],
    detail: /1024 bits was agreed on/,
  },
  {
    why: 'by an exception',
    offer: { ...dhe, securityLevel: 1 },
    exception: true,
    lands: ['allowed', 'group-refused'],
    because: ['exception'],
    detail: /1024 bits was agreed on/,
  },
]
for (const { why, offer, rule, exception, lands, because = [], detail } of rows) {
  test(`a Diffie-Hellman group of 1024 bits is ${lands[0]} ${why}`, async (t) => {
    const port = await startOpensslServer(t, trust.leaf, [...server, '-dhparam', smallGroup])
    const exceptions = exception ? [{ ...forgiven, port }] : []
    const wish = { trust: [trust.set], unlisted: { tls: makeOffer(offer), ...rule }, exceptions }
    const verdict = await makeBackends(t, wish, { resolve }).verdict(`good.test:${port}`)
    assert.deepEqual([verdict.outcome, ...namesOf(verdict)], lands)
    assert.deepEqual(verdict.because, because)
    assert.match(verdict.findings[0]?.detail ?? '', detail)
  })
}

function pemOf(prime: Buffer): string {
  // A sequence of two integers: the prime of 128 bytes, and 2.
  const parameters = Buffer.concat([Buffer.from('30818702818100', 'hex'), prime, Buffer.from('020102', 'hex')])
  const base64 = parameters.toString('base64').replace(/(.{64})/g, '$1\n')
  return `-----BEGIN DH PARAMETERS-----\n${base64}\n-----END DH PARAMETERS-----\n`
}
