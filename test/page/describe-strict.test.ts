/** What the header says for as long as strict TLS is weakened for all. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describeStrict } from '../../src/page/frame/describe-strict.ts'

describe('the mark of strict TLS', () => {
  const rows: [string, object, string | undefined][] = [
    ['none for a policy that says nothing of it', {}, undefined],
    ['none where it is on and enforced', { strictTls: { enabled: true, enforcement: 'enforce' } }, undefined],
    ['off', { strictTls: { enabled: false } }, 'Strict TLS off'],
    ['off counts before log only', { strictTls: { enabled: false, enforcement: 'report' } }, 'Strict TLS off'],
    ['log only', { strictTls: { enforcement: 'report' } }, 'Strict TLS: log only'],
  ]
  for (const [name, spec, mark] of rows) {
    it(name, () => assert.equal(describeStrict({ spec }), mark))
  }
})
