/**
 * Goal: a suite that this runtime has lost is told for what it is: let go where it stands in a text that was in force
 * here, an error in any other, a warning where a set of our own has it. Nothing is looked up that is not needed.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { closeHistory, openHistory } from '../../src/history/open-history.ts'
import { recordVersion } from '../../src/history/versions.ts'
import { currentCatalogue, makeCatalogue } from '../../src/policy/catalogue/catalogue-record.ts'
import { makeFolder, policyText, runCli } from './run-cli.ts'

const listed = (ciphers: string) =>
  policyText(`  tls: { configuration: custom, protocols: [TLSv1.2], ciphers: [${ciphers}] }`)
const kept = listed('RC4-SHA, ECDHE-RSA-AES128-GCM-SHA256')

/** A folder whose history has had this text in force while there was RC4. */
async function upgraded(test: TestContext, text: string): Promise<string> {
  const folder = makeFolder(test, {
    'policy.yaml': text,
    'vedette.yaml': 'apiVersion: vedette/v1\nkind: Settings\npolicy: policy.yaml\nstate: state\n',
  })
  const history = await openHistory(path.join(folder, 'state'))
  const { defaults, available } = currentCatalogue()
  const ciphers = [...available.ciphers, 'TLS_RSA_WITH_RC4_128_SHA']
  const catalogue = makeCatalogue('2026-05', defaults, { ...available, ciphers })
  recordVersion(history, { text, author: 'ops', comment: '', source: 'file', timeMs: 1, catalogue })
  closeHistory(history)
  return folder
}

describe('a suite that the platform lost', () => {
  it('leaves the list of a text that was in force here: check, explain and ciphers go on', async (t) => {
    const config = ['--config', path.join(await upgraded(t, kept), 'vedette.yaml')]
    const checked = await runCli(['check', ...config])
    assert.equal(checked.status, 0, checked.stdout)
    assert.match(
      checked.stdout,
      /warning: RC4-SHA is lost, and left its list: removed by platform: RC4.*this text goes on/,
    )
    const explained = await runCli(['explain', 'a.example', '--json', ...config])
    assert.equal(explained.status, 0)
    const { suites } = JSON.parse(explained.stdout).clientHello.originate
    assert.deepEqual(suites, [{ name: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', code: 0xc02f }])
    const columns = await runCli(['ciphers', '--columns', ...config])
    assert.match(columns.stdout, /^x RC4-SHA is lost: RC4/m)
  })

  it('is an error in a text that was never in force here', async (t) => {
    const folder = await upgraded(t, listed('RC4-SHA, AES128-SHA'))
    const { status, stdout } = await runCli(['check', '-', '--config', path.join(folder, 'vedette.yaml')], {
      stdin: kept,
    })
    assert.equal(status, 3)
    assert.match(stdout, /ciphers\[0\]: removed by platform: RC4/)
    assert.doesNotMatch(stdout, /is lost/)
  })

  it('is an error where nothing else is left, also in a text that was in force', async (t) => {
    const folder = await upgraded(t, listed('RC4-SHA'))
    const { status, stdout } = await runCli(['check', '--config', path.join(folder, 'vedette.yaml')])
    assert.equal(status, 3)
    assert.match(stdout, /ciphers: nothing is left of the list: choose anew/)
  })

  it('is warned of where the default set has it, once, and what is left is offered', async (t) => {
    const rules = '  rules: [{ name: a, match: [a.example], tls: { legacy: { securityLevel: 1 } } }]'
    const folder = makeFolder(t, { 'policy.yaml': policyText(rules) })
    const file = path.join(folder, 'policy.yaml')
    const main = fileURLToPath(new URL('../kit/lesser-main.ts', import.meta.url))
    const run = promisify(execFile)
    const { stdout } = await run(process.execPath, [main, 'check', file, '--json'], { cwd: folder })
    const [{ problems }] = JSON.parse(stdout)
    const told = problems.filter(({ message }: { message: string }) =>
      /the set 2026-11 is offered without/.test(message),
    )
    assert.equal(told.length, 1, stdout)
    assert.match(told[0].message, /TLS_CHACHA20_POLY1305_SHA256, .*removed by platform: this runtime does not have it/)
    assert.equal((await runCli(['check', file])).stdout.includes('is offered without'), false, 'here nothing is lost')
  })
})
