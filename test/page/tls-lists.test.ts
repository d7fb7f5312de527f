/** What the Outgoing TLS form makes of a choice must be a policy that the product takes, so the product judges it here. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { catalogueHandlers } from '../../src/admin/handlers/catalogue-handlers.ts'
import type { Edit, Spec } from '../../src/page/draft/policy-spec.ts'
import { listsOf, resetLists, suiteNamed, toCustom, toDefault } from '../../src/page/outgoing-tls/tls-lists.ts'
import { startingPoints } from '../../src/page/setup/profile-edits.ts'
import { editText } from '../../src/policy/document/edit-text.ts'
import { lookAtText } from '../../src/policy/document/look-at-text.ts'

const catalogue = (catalogueHandlers.catalogue as () => unknown)() as Parameters<typeof suiteNamed>[1]
const head = 'apiVersion: vedette/v1\nkind: OutgoingTlsPolicy\nmetadata: { name: test }\n'

function specAfter(text: string, edits: readonly Edit[]): Spec {
  const { parsed, document, problems } = lookAtText(editText(text, edits as Parameters<typeof editText>[1]), {
    file: 'p',
  })
  assert.notEqual(parsed, undefined, JSON.stringify(problems))
  return document?.spec as Spec
}

describe('what the form writes is a policy', () => {
  const own = `${head}spec:\n  tls: { configuration: custom, protocols: [TLSv1.2], ciphers: [ECDHE-RSA-AES128-GCM-SHA256] } # ours\n`
  const texts: [string, string][] = [
    ['that says nothing of TLS', `${head}spec: {}\n`],
    ['that follows a set', `${head}spec:\n  tls: { profile: stig-tls12 }\n`],
    ['with lists of its own', own],
  ]
  for (const [what, text] of texts) {
    const before = lookAtText(text, { file: 'p' }).document?.spec as Spec
    const lists = listsOf(before.tls, catalogue)
    it(`custom, from a policy ${what}`, () => {
      const { tls } = specAfter(text, toCustom(lists, null))
      assert.deepEqual([tls.configuration, tls.profile], ['custom', undefined])
      assert.deepEqual(listsOf(tls, catalogue), lists, 'what was selected stays selected')
    })
    it(`default, from a policy ${what}`, () => {
      const { tls } = specAfter(text, toDefault())
      assert.deepEqual([tls.configuration, tls.ciphers, tls.protocols], ['default', undefined, undefined])
    })
    it(`reset of a custom configuration, from a policy ${what}`, () => {
      const { tls } = specAfter(text, [...toCustom(lists, null), ...resetLists(catalogue)])
      assert.equal(tls.configuration, 'custom')
      assert.deepEqual(listsOf(tls, catalogue), listsOf({ ...tls, configuration: 'default' }, catalogue))
    })
    for (const { title, edits } of startingPoints) {
      it(`${title} at the first run, from a policy ${what}`, () => {
        assert.equal(specAfter(text, edits).strictTls.enabled, title !== 'Sentry-compatible')
      })
    }
  }

  it('lists that were set aside come back with custom', () => {
    const { tls } = specAfter(
      own,
      toCustom({ protocols: [], ciphers: [] }, { ciphers: ['TLS_AES_128_GCM_SHA256'], protocols: ['TLSv1.3'] }),
    )
    assert.deepEqual([tls.ciphers, tls.protocols], [['TLS_AES_128_GCM_SHA256'], ['TLSv1.3']])
  })
})

describe('suites are found under any of their names', () => {
  for (const name of ['TLS_RSA_WITH_AES_128_CBC_SHA', 'AES128-SHA', 'SSL_RSA_WITH_AES_128_CBC_SHA']) {
    it(name, () => assert.equal(suiteNamed(name, catalogue)?.iana, 'TLS_RSA_WITH_AES_128_CBC_SHA'))
  }
  it('and a removed one is not', () => assert.equal(suiteNamed('RC4-SHA', catalogue), undefined))
})
