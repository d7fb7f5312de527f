/**
 * Goal: the default grade minds nothing about the authorities that everybody trusts. Method: each root of the bundled
 * store stands as anchor above a sound leaf, as it would behind a backend, without signatures, which nobody here can make.
 */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { it } from 'node:test'
import { readSteps, runChecks } from '../../src/backend/checks/run-checks.ts'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import type { Grade } from '../../src/policy/policy.ts'
import { loadTrustSets } from '../../src/truststore/load-trust-sets.ts'

const leaf = new X509Certificate(
  (
    await makeCertificate({
      subject: 'leaf',
      sans: { dns: ['good.test'] },
      issuer: await makeCertificate({ subject: 'Any', ca: true }),
    })
  ).certificate,
)
const { sets } = await loadTrustSets({ folder: '/nonexistent', names: ['bundled'] })
const roots = (sets.bundled?.certificates ?? []).map((pem) => new X509Certificate(pem))

function findingsUnder(root: X509Certificate, grade: Grade): string[] {
  const steps = readSteps({ path: [leaf, root], end: 'anchor', borrowed: [] })
  const path = { steps, presented: 1, host: 'good.test', nowMs: Date.now(), securityLevel: 2 }
  // That a root ends one day is no fault of the grade.
  const others = runChecks(path, grade).filter(({ name }) => name !== 'expired')
  return others.map(({ name, detail }) => `${name}: ${detail}`)
}

it('no bundled root fails a check of the grade webpki', () => {
  assert.ok(roots.length > 100)
  assert.deepEqual(
    roots.flatMap((root) => findingsUnder(root, 'webpki')),
    [],
  )
})

it('few do at rfc5280', () => {
  const failing = roots.filter((root) => findingsUnder(root, 'rfc5280').length > 0)
  assert.ok(failing.length < roots.length / 4, `${failing.length} of ${roots.length}`)
})
