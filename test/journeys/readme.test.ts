/**
 * Goal: the README says what really happens. Method: its `console` blocks are one conversation, replayed line by line
 * on a real demo. The ports and the folder are those of this run, `…` stands for anything, and runs of blanks for one.
 */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const top = fileURLToPath(new URL('../../', import.meta.url))
const main = path.join(top, 'src/main.ts')

interface Line {
  readonly command: string
  readonly expected: string
}

/** Every command of the console blocks with what should follow it, in order. */
function conversation(): Line[] {
  const readme = readFileSync(path.join(top, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block]) => block as string)
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => ({ command: part.slice(0, part.indexOf('\n')), expected: part.slice(part.indexOf('\n') + 1) })),
  )
}

/** What stands in the README for what this run has; in the order of the backends' listeners. */
class Names {
  readonly #pairs: [readme: string, real: string][] = []

  add(readme: string, real: string): void {
    if (!this.#pairs.some(([, known]) => known === real)) this.#pairs.push([readme, real])
  }

  toReal(text: string): string {
    return this.#pairs.reduce((all, [readme, real]) => all.replaceAll(readme, real), text)
  }

  toReadme(text: string): string {
    return this.#pairs.reduce((all, [readme, real]) => all.replaceAll(real, readme), text)
  }
}

const listeners: Readonly<Record<string, string>> = {
  good: '9444',
  tls12: '9445',
  tls11: '9446',
  'no-sni': '9447',
  reset: '9448',
}

function learnNames(said: string): Names {
  const names = new Names()
  const take = (pattern: RegExp, readme: string) => {
    const [, real] = pattern.exec(said) ?? []
    assert.ok(real, `the demo does not say ${pattern}`)
    names.add(readme, real)
  }
  take(/^proxy +http:\/\/127\.0\.0\.1:(\d+)/m, '3128')
  take(/admin +http:\/\/127\.0\.0\.1:(\d+)/m, '9080')
  take(/health +http:\/\/127\.0\.0\.1:(\d+)/m, '9901')
  for (const [name, port] of Object.entries(listeners)) take(new RegExp(`${name}\\.demo\\.localhost:(\\d+)`), port)
  take(/--config (\S+)\/vedette\.yaml/, '/tmp/vedette-demo-abc123')
  return names
}

function assertSays(actual: string, expected: string): void {
  const squeeze = (text: string) =>
    text
      .replaceAll(/[ \t]+/g, ' ')
      .replaceAll(/ ?\r?\n/g, '\n')
      .trim()
  const literal = squeeze(expected).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const pattern = new RegExp(`^${literal.replaceAll('…', '.*?')}$`, 's')
  assert.match(squeeze(actual), pattern)
}

describe('the transcript of the README', () => {
  const [start, ...others] = conversation()
  const demo = spawn(process.execPath, [
    main,
    'demo',
    '--proxy-port',
    '0',
    '--admin-port',
    '0',
    '--health-port',
    '0',
    '--backend-port',
    '0',
  ])
  let said = ''
  let names: Names

  before(async () => {
    demo.stdout.setEncoding('utf8')
    demo.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    for await (const text of demo.stdout.iterator({ destroyOnReturn: false })) {
      said += text as string
      if (said.includes('Ctrl-C ends the demo')) break
    }
    names = learnNames(said)
  })
  after(async () => {
    if (demo.exitCode !== null) return
    demo.kill('SIGTERM')
    await once(demo, 'exit')
  })

  it('begins with npm start, which is the demo', () => {
    assert.equal(start?.command, 'npm start')
    const { scripts } = JSON.parse(readFileSync(path.join(top, 'package.json'), 'utf8')) as {
      scripts: { start: string }
    }
    assert.ok(scripts.start.endsWith('node src/main.ts demo'), scripts.start)
    assertSays(names.toReadme(said), start?.expected ?? '')
  })

  it('has something to try', () => assert.ok(others.length >= 4))

  for (const { command, expected } of others) {
    it(`$ ${command}`, async () => {
      assertSays(names.toReadme(await run(names.toReal(command))), expected)
    })
  }
})

/** Runs one line in a shell in which `vedette` is this checkout; its exit status is part of another story. */
function run(command: string): Promise<string> {
  const shell = `vedette() { '${process.execPath}' '${main}' "$@"; }\n${command}`
  return new Promise((resolve) => {
    execFile('bash', ['-c', shell], { timeout: 20_000 }, (_, stdout, stderr) => resolve(stdout + stderr))
  })
}
