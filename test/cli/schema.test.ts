import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openApi } from '../../src/admin/openapi.ts'
import { policyJsonSchema } from '../../src/policy/document/json-schema.ts'
import { productVersion } from '../../src/settings/product-version.ts'
import { settingsJsonSchema } from '../../src/settings/schema.ts'
import { runCli } from './run-cli.ts'

describe('schema', () => {
  const rows: [string[], () => unknown][] = [
    [['schema'], policyJsonSchema],
    [['schema', 'policy'], policyJsonSchema],
    [['schema', 'settings', '--json'], settingsJsonSchema],
    [['schema', 'api'], () => openApi(productVersion())],
  ]
  for (const [argv, expected] of rows) {
    it(`${argv.join(' ')} prints the JSON Schema that the reader uses`, async () => {
      const { status, stdout } = await runCli(argv)
      assert.equal(status, 0)
      assert.deepEqual(JSON.parse(stdout), JSON.parse(JSON.stringify(expected())))
    })
  }
})
