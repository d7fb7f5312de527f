import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildProgram } from '../../src/cli/command-line.ts'
import { commands } from '../../src/cli/commands.ts'
import { makeFolder, runCli } from './run-cli.ts'

describe('the command line', () => {
  const mistakes: [string, string[], RegExp][] = [
    ['a mistyped command', ['explian', 'a.example'], /Did you mean explain\?/],
    ['a mistyped flag', ['explain', 'a.example', '--polcy', 'x'], /Did you mean --policy\?/],
    ['a missing argument', ['explain'], /missing required argument 'destination'/],
    ['one argument too many', ['version', 'now'], /too many arguments/],
    ['a choice that is none', ['completion', 'tcsh'], /Allowed choices are bash, zsh, fish/],
    ['help about no command', ['help', 'nope'], /unknown command 'nope'/],
    ['help about a mistyped command', ['help', 'aply'], /did you mean apply\?/],
    ['what a part of a command lacks, with where to look', ['token', 'issue'], /See vedette token issue --help\./],
    ['a mistyped flag, with where to look', ['run', '--nope'], /See vedette run --help\./],
    ['no command at all', [], /Usage: vedette/],
  ]
  for (const [what, argv, expected] of mistakes) {
    it(`${what} is a usage error, said on stderr`, async () => {
      const { status, stdout, stderr } = await runCli(argv)
      assert.equal(status, 2)
      assert.match(stderr, expected)
      assert.equal(stdout, '')
    })
  }

  it('help that was asked for goes to stdout and is no error', async () => {
    const { status, stdout, stderr } = await runCli(['--help'])
    assert.equal(status, 0)
    for (const { name, summary } of commands)
      assert.match(stdout.replaceAll(/\s+/g, ' '), new RegExp(`${name} ${summary.slice(0, 20)}`))
    assert.equal(stderr, '')
  })

  it('`--version` and `-V` say the same as `version`', async () => {
    for (const flag of ['--version', '-V']) assert.deepEqual(await runCli([flag]), await runCli(['version']))
  })

  it('a flag whose value is wrong is a usage error, a file with the same mistake is not', async (t) => {
    const flag = await runCli(['healthcheck', '--health-listen', 'nonsense'])
    assert.equal(flag.status, 2)
    assert.match(flag.stderr, /--health-listen/)
    const folder = makeFolder(t, {
      'vedette.yaml': 'apiVersion: vedette/v1\nkind: Settings\nhealth: { listen: nonsense }\n',
    })
    assert.equal((await runCli(['healthcheck', '--config', `${folder}/vedette.yaml`])).status, 3)
  })

  it('`help X` says the same as `X --help`', async () => {
    assert.deepEqual(await runCli(['help', 'apply']), await runCli(['apply', '--help']))
  })

  it('an error carries its code, its hint and the exit status of its kind', async () => {
    const { status, stderr } = await runCli(['check', '/nowhere/policy.yaml'])
    assert.equal(status, 4)
    assert.match(stderr, /error: \/nowhere\/policy\.yaml cannot be read \(there is no such file\)/)
    assert.match(stderr, /OPERATOR_FILE_UNREADABLE: Check that the file exists/)
  })

  it('under --json an error is one line of JSON on stdout', async () => {
    const { status, stdout, stderr } = await runCli(['check', '/nowhere/policy.yaml', '--json'])
    assert.equal(status, 4)
    assert.equal(stderr, '')
    assert.equal(stdout.trim().split('\n').length, 1)
    const { error } = JSON.parse(stdout) as { error: { code: string; hint: string } }
    assert.equal(error.code, 'OPERATOR_FILE_UNREADABLE')
    assert.ok(error.hint.length > 0)
  })
})

describe('every command', () => {
  for (const { name } of commands) {
    it(`${name} has two examples in its help, and each of them parses`, async () => {
      const { stdout } = await runCli([name, '--help'])
      const examples = [...stdout.matchAll(/^ {2}\$ vedette (.+)$/gm)].map((found) => found[1] as string)
      assert.ok(examples.length >= 2, `${name} --help shows ${examples.length} examples`)
      for (const example of examples) await assertParses(example)
    })

    it(`${name} takes --json`, async () => {
      const { stdout } = await runCli([name, '--help'])
      assert.match(stdout, /^ {2}--json /m)
    })

    it(`${name} takes nothing whose name says secret`, async () => {
      const { stdout } = await runCli([name, '--help'])
      assert.doesNotMatch(stdout, /--\S*(password|secret|token|passphrase)/)
    })
  }
})

async function assertParses(example: string): Promise<void> {
  const beforePipe = example.split(/ [<>|] /)[0] as string
  const words = [...beforePipe.matchAll(/"([^"]*)"|(\S+)/g)].map((found) => found[1] ?? (found[2] as string))
  const [name, ...rest] = words
  const program = await buildProgram({ terminal: undefined as never, exit: () => {} }, (entry) => entry.name === name)
  const command = program.commands.find((one) => one.name() === name)
  assert.ok(command, `${example}: there is no command ${name}`)
  assert.deepEqual(command.parseOptions(rest).unknown, [], example)
}
