/**
 * Goal: every check of the source table lets pass what it should and finds what it should, on every path a caller can
 * take. Method: for each case a backend of its own with a certificate made here, real handshakes, and the findings as
 * they stand in the access record, compared one for one.
 */
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { checks } from '../../src/backend/checks/run-checks.ts'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import type { Rule } from '../../src/policy/policy.ts'
import { makeOffer } from '../kit/make-snapshot.ts'
import { trustSetOf } from '../kit/make-trust.ts'
import { makeRule, pattern } from '../kit/policies.ts'
import { startBackend } from '../kit/start-backend.ts'
import { startPaths } from '../kit/start-paths.ts'
import { constraintCases } from './constraint-cases.ts'
import { formCases } from './form-cases.ts'
import { nameCases } from './name-cases.ts'
import { pathCases } from './path-cases.ts'
import { purposeCases } from './purpose-cases.ts'
import { strengthCases } from './strength-cases.ts'
import { root, type Shown, sans, type Twin } from './twin.ts'

const twins: readonly Twin[] = [
  ...nameCases,
  ...purposeCases,
  ...constraintCases,
  ...strengthCases,
  ...formCases,
  ...pathCases,
]

/** One leaf key for all: a backend's key is not what most cases are about. */
const { key: privateKey } = await makeCertificate({ subject: 'key' })
/** A backend shows whatever it has, however weak. */
const shameless = { ciphers: 'DEFAULT:@SECLEVEL=0' }

const cleaner = { after: (clean: () => unknown) => after(async () => void (await clean())) }

/** How a finding begins that OpenSSL alone saw; those of our own checks name the certificate. */
const WORDS_OF_OPENSSL = /\((?:OpenSSL refuses the chain|a certificate of the chain |the chain is longer )/

interface Started {
  readonly authority: string
  readonly rule: Rule
  readonly trust: ReturnType<typeof trustSetOf>
}

async function start(shown: Shown, index: number): Promise<Started> {
  const { leaf, sent = [], trusted = [root], host = 'good.test', grade = 'webpki', securityLevel = 2 } = shown
  const keyed = leaf?.keyType === undefined ? { privateKey } : {}
  const certificate = shown.made ?? (await makeCertificate({ subject: 'leaf', issuer: root, sans, ...keyed, ...leaf }))
  const backend = await startBackend(cleaner, {
    certificate,
    chain: sent,
    tls: shameless,
    host: host === '::1' ? host : '127.0.0.1',
  })
  const authority = `${host.includes(':') ? `[${host}]` : host}:${backend.port}`
  const trust = trustSetOf(`store-${index}`, trusted)
  const rule = makeRule({
    name: `rule-${index}`,
    match: [pattern(authority)],
    trustStores: [trust.name],
    tls: makeOffer({ securityLevel }),
    grade,
  })
  return { authority, rule, trust }
}

const cases = twins.flatMap(({ check, reason, passes, fails }) => [
  { check, reason, shown: passes, finds: [], isOpenssls: false },
  { check, reason, shown: fails, finds: fails.finds, isOpenssls: fails.isOpenssls === true },
])
const started = await Promise.all(cases.map(({ shown }, index) => start(shown, index)))
const paths = startPaths(cleaner, { rules: started.map(({ rule }) => rule), trust: started.map(({ trust }) => trust) })

for (const [path, judge] of Object.entries(paths)) {
  describe(`on the path of ${path}`, () => {
    for (const [index, { check, reason, shown, finds, isOpenssls }] of cases.entries()) {
      const outcome = finds.length === 0 ? 'passes' : `has ${finds.join(' and ')}`
      it(`${check}: a backend with ${shown.as} ${outcome}: ${reason}`, async (t) => {
        const { verdict, findings, message } = await judge(t, (started[index] as Started).authority)
        const found = findings.map(({ name }) => name).sort()
        assert.deepEqual(found, [...finds].sort(), `${message} ${JSON.stringify(findings)}`)
        assert.equal(verdict, finds.length === 0 ? 'trusted' : 'refused')
        // Our own checks say it, and not only OpenSSL without a word on what it minds.
        assert.equal(WORDS_OF_OPENSSL.test(message), isOpenssls, message)
      })
    }
  })
}

describe('the table of cases', () => {
  it('has a twin for every check of the source table, and for no other', () => {
    const about = new Set(twins.map(({ check }) => check))
    about.delete('trust')
    assert.deepEqual([...about].sort(), checks.map(({ name }) => name).sort())
  })

  it('has at least 120 cases', () => assert.ok(cases.length >= 120, `${cases.length}`))
})
