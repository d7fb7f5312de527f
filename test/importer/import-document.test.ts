/**
 * Goal: whatever a document says, the policy that comes out holds, and no line of it passes in silence. Method: documents
 * are made from the words of each kind in any order, and from noise.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { SidecarError } from '../../src/errors.ts'
import { importDocument } from '../../src/importer/import-document.ts'
import { type ImportKind, kindNames, kinds } from '../../src/importer/kinds.ts'
import { readDocument } from '../../src/policy/document/document.ts'
import { parsePolicy } from '../../src/policy/document/parse-policy.ts'
import { settingsSchema } from '../../src/settings/schema.ts'
import { documentsOf } from './generate-documents.ts'

/** Imports, and holds what must hold; a document that is refused is refused with its place. */
async function check(kind: ImportKind, text: string): Promise<boolean> {
  const importer = await kinds[kind].load()
  const read = (path: string) => (path.length % 2 === 0 ? [] : [{ file: 'included', text: text.slice(0, 200) }])
  try {
    const { policy, settings, report } = importDocument({ file: 'document', text }, { kind, importer, read })
    assert.doesNotThrow(() => parsePolicy(policy, { file: kind }), policy)
    if (settings !== undefined)
      assert.doesNotThrow(() => readDocument(settings, { file: kind, schema: settingsSchema }), settings)
    assert.ok(report.every(({ says }) => says.trim() !== ''))
    return true
  } catch (error) {
    if (!(error instanceof SidecarError)) throw error
    assert.equal(error.code, 'OPERATOR_BAD_DOCUMENT', `${error.message}\n${text}`)
    return false
  }
}

for (const kind of kindNames) {
  describe(`an import of the kind ${kind}`, () => {
    it('gives a policy that holds, for any settings in any order', async () => {
      let imported = 0
      const run = async (text: string) => {
        if (await check(kind, text)) imported++
      }
      await fc.assert(fc.asyncProperty(documentsOf(kind), run), { numRuns: 300 })
      assert.ok(imported > 150, `only ${imported} of 300 documents were documents of the kind at all`)
    })

    it('survives noise', async () => {
      const noise = fc.string({ maxLength: 200, unit: 'binary' })
      const run = async (text: string) => void (await check(kind, text))
      await fc.assert(fc.asyncProperty(noise, run), { numRuns: 100 })
    })

    it('refuses a file with nothing of its kind in it, and one that is empty', async () => {
      for (const text of ['', 'PATH = /usr/bin\n', '<html>hello</html>']) {
        const importer = await kinds[kind].load()
        const run = () => importDocument({ file: 'document', text }, { kind, importer, read: () => [] })
        assert.throws(run, { code: 'OPERATOR_BAD_DOCUMENT' }, text)
      }
    })
  })
}

describe('a document made to wear an import out', () => {
  const many = 20_000
  const hostile: readonly (readonly [ImportKind, string, string])[] = [
    [
      'postfix',
      'values that refer to each other',
      ['a', 'b', 'c', 'd', 'e', 'f']
        .map((key, index, all) => `${key} = ${`$${all[(index + 1) % 6]} `.repeat(1_000)}`)
        .join('\n'),
    ],
    ['nginx', 'blocks in blocks', 'a {'.repeat(many)],
    ['apache', 'sections in sections', '<VirtualHost a>\n'.repeat(many)],
    ['stunnel', 'services without number', 'client = yes\n[a]\nconnect = a.example:1\n'.repeat(1_000)],
    ['openssl', 'a cipher string without end', 'AES:-AES:@STRENGTH:'.repeat(2_000)],
    ['gnutls', 'a priority string without end', `NORMAL${':+RSA:-RSA'.repeat(many)}`],
    ['mozilla', 'lists in lists', '['.repeat(many)],
    ['sentry', 'maps in maps', '{a: '.repeat(many)],
    ['java', 'lines that go on', 'a\\\n'.repeat(many)],
  ]
  for (const [kind, what, text] of hostile) {
    it(`${kind}: ${what} end soon`, { timeout: 10_000 }, async () => void (await check(kind, text)))
  }
})
