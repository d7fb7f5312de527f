/** Goal: settings that are broken now do not lock an operator out of the instance that runs on. */
import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { findState } from '../../src/cli/find-state.ts'
import { Terminal } from '../../src/cli/terminal.ts'
import { SidecarError } from '../../src/errors.ts'
import { controlSocketPath } from '../../src/processes/supervisor/state-lock.ts'
import { makeFolder } from './run-cli.ts'

const head = 'apiVersion: vedette/v1\nkind: Settings\n'

/** A settings file with this text, beside state folders in which an instance has left its socket. */
function folderWith(t: TestContext, text: string, states: readonly string[]) {
  const folder = makeFolder(t, { 'vedette.yaml': text })
  for (const state of states) {
    mkdirSync(path.join(folder, state))
    writeFileSync(controlSocketPath(path.join(folder, state)), '')
  }
  const stderr = new PassThrough()
  const terminal = new Terminal({ stdin: Readable.from([]), stdout: new PassThrough(), stderr })
  const options = { config: path.join(folder, 'vedette.yaml') }
  const said = () => String(stderr.read() ?? '')
  return { folder, terminal, options, said }
}

describe('the state folder', () => {
  const found: [name: string, text: string, state: string][] = [
    ['is what sound settings say', `${head}state: here\n`, 'here'],
    [
      'is what settings say whose entrances all leave loopback, as only the start of the instance had to be told',
      `${head}state: here\nproxy: { listen: ["0.0.0.0:1"] }\nsocks: { listen: ["0.0.0.0:2"] }\nhealth: { listen: "0.0.0.0:3" }\nservices: [{ name: a, accept: "0.0.0.0:4", connect: "tls://b.example:5" }]\n`,
      'here',
    ],
    ['is what settings with a mistake elsewhere say', `${head}state: here\nnonsense: 1\n`, 'here'],
    ['is what a file that is no YAML says', `${head}state: "here" # ours\nproxy: [\n`, 'here'],
    ['is the default when broken settings say nothing', `${head}nonsense: 1\n`, 'state'],
    ['is the default when broken settings speak of it elsewhere', `${head}# no state here\nnonsense: 1\n`, 'state'],
    [
      'is what the settings say in another spelling',
      `{ apiVersion: vedette/v1, kind: Settings, "state": here }\n`,
      'here',
    ],
    ['is what they say with an escape in the word', `${head}"st\\x61te": here\n`, 'here'],
    ['is what they say where a # begins no comment', `${head}state: here#b\n`, 'here#b'],
    ['is what they say over two lines', `${head}state: here\n  too\n`, 'here too'],
    [
      'is what they say behind another line that looks like it',
      `${head}refusalMessage: |\n  state: state\nstate: here\n`,
      'here',
    ],
  ]
  for (const [name, text, state] of found) {
    it(name, async (t) => {
      const { folder, terminal, options } = folderWith(t, text, ['here', 'here#b', 'here too', 'state'])
      assert.equal(await findState(options, terminal), path.join(folder, state))
    })
  }

  it('is what --state says, whatever the settings are', async (t) => {
    const { terminal, options } = folderWith(t, 'nonsense: 1\n', ['state'])
    assert.equal(await findState({ ...options, state: '/elsewhere' }, terminal), '/elsewhere')
  })

  it('is not guessed where no instance has been: the mistake is told, and the way around it', async (t) => {
    const { terminal, options, said } = folderWith(t, `${head}nonsense: 1\n`, [])
    await assert.rejects(
      () => findState(options, terminal),
      (error) => error instanceof SidecarError && error.code === 'OPERATOR_BAD_DOCUMENT',
    )
    assert.match(said(), /--state FOLDER/)
  })

  it('is not guessed when the settings file that was named is not there', async (t) => {
    const { folder, terminal } = folderWith(t, '', ['state'])
    await assert.rejects(
      () => findState({ config: path.join(folder, 'mistyped.yaml') }, terminal),
      (error) => error instanceof SidecarError && error.code === 'OPERATOR_FILE_UNREADABLE',
    )
  })

  const doubtful: [what: string, file: string, environment: Record<string, string>][] = [
    ['a settings file that cannot be read', '', {}],
    ['a policy that was named as settings', 'kind: OutgoingTlsPolicy\n', {}],
    ['a line that stands twice', `${head}state: here\nstate: state\n`, {}],
    ['a mistyped variable', `${head}state: here\n`, { VEDETTE_STAT: 'state' }],
    ['an empty variable', `${head}state: here\n`, { VEDETTE_STATE: '' }],
  ]
  for (const [what, text, environment] of doubtful) {
    it(`is never taken without a word from ${what}`, async (t) => {
      const { folder, terminal, options, said } = folderWith(t, text, ['here', 'state'])
      const before = process.cwd()
      process.chdir(folder)
      Object.assign(process.env, environment)
      t.after(() => {
        process.chdir(before)
        for (const name of Object.keys(environment)) delete process.env[name]
      })
      if (text === '') {
        rmSync(options.config)
        mkdirSync(options.config)
      }
      // Not by its name: who reads what is simply there must be as careful.
      const found = await findState({}, terminal).catch((error: SidecarError) => error.code)
      assert.ok(said() !== '' || !String(found).startsWith(folder), `${found}`)
    })
  }

  it('tells which folder it took when only a guess at broken settings finds it', async (t) => {
    const { terminal, options, said } = folderWith(t, `${head}# no state here\nnonsense: 1\n`, ['state'])
    await findState(options, terminal)
    assert.match(said(), /nonsense[\s\S]*looked for in .*state all the same/)
  })
})
