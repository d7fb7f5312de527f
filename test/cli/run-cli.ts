import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import { runCommandLine } from '../../src/cli/command-line.ts'
import { Terminal } from '../../src/cli/terminal.ts'

/** What a command line answered. */
export interface Conversation {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs one command line in this process, as `main.ts` would, and collects what it says. */
export async function runCli(argv: readonly string[], { stdin = '' }: { stdin?: string } = {}): Promise<Conversation> {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const status = await runCommandLine(argv, new Terminal({ stdin: Readable.from([stdin]), stdout, stderr }))
  return { status, stdout: textIn(stdout), stderr: textIn(stderr) }
}

/** Makes a folder with the files given, by name; gone when the test ends. */
export function makeFolder(test: Pick<TestContext, 'after'>, files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-cli-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text)
  test.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The text of a policy with this `spec`, as YAML or JSON lines under it. */
export function policyText(spec: string): string {
  return `apiVersion: vedette/v1\nkind: OutgoingTlsPolicy\nmetadata: { name: test }\nspec:\n${spec}\n`
}

/** Each write is one chunk, and `read` gives one chunk at a time. */
function textIn(stream: PassThrough): string {
  let text = ''
  for (let chunk = stream.read() as Buffer | null; chunk !== null; chunk = stream.read() as Buffer | null) {
    text += chunk.toString('utf8')
  }
  return text
}
