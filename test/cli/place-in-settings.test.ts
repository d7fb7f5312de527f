/** What is wrong with the settings is shown at its line, also where it was found by somebody who no longer had the text. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { it } from 'node:test'
import { placeInSettings } from '../../src/cli/place-in-settings.ts'
import { SidecarError } from '../../src/errors.ts'
import { badDocument, type Problem } from '../../src/policy/document/problem.ts'
import { makeFolder } from './run-cli.ts'

const text = 'apiVersion: vedette/v1\nkind: Settings\nservices:\n  - name: a\n    tls: { certificate: nope }\n'
const found: Problem = {
  ...{ file: 'settings', line: 0, column: 0, path: 'services[0].tls.certificate' },
  ...{ message: 'there is no "nope"', severity: 'error' },
}
const placesOf = (thrown: unknown) =>
  ((thrown as SidecarError).details.problems as Problem[]).map(({ file, line, column }) => [file, line, column])

it('a problem of the settings gets its place, and one of the policy keeps its own', (t) => {
  const folder = makeFolder(t, { 'vedette.yaml': text })
  const file = path.join(folder, 'vedette.yaml')
  const elsewhere = { ...found, file: 'policy.yaml', line: 7, column: 3, path: 'spec.sni' }
  const placed = placeInSettings(badDocument([found, elsewhere]), { folder, environment: {} })
  assert.deepEqual(placesOf(placed), [
    [file, 5, 25],
    ['policy.yaml', 7, 3],
  ])
})

it('an error that tells of no settings, or whose file is gone, stays as it is', (t) => {
  const folder = makeFolder(t, {})
  const load = { folder, environment: {} }
  const gone = badDocument([found])
  const ofPolicy = badDocument([{ ...found, file: 'policy.yaml' }])
  for (const thrown of [gone, ofPolicy, new SidecarError('INTERNAL_ERROR', 'x'), new Error('y'), 'z']) {
    assert.equal(placeInSettings(thrown, load), thrown)
  }
})
