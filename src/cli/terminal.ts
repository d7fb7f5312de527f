import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/**
 * Where a command reads and writes. Data goes to stdout so that it can be piped, everything meant for a person goes
 * to stderr; colour follows NO_COLOR, FORCE_COLOR and whether the stream is a terminal.
 */
export class Terminal {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable

  constructor(streams: { stdin: Readable; stdout: Writable; stderr: Writable }) {
    this.stdin = streams.stdin
    this.stdout = streams.stdout
    this.stderr = streams.stderr
    for (const stream of [this.stdout, this.stderr]) {
      stream.on('error', (error: NodeJS.ErrnoException) => {
        // Who has read enough (head, less) closes the pipe: that is no failure, and nobody is left to tell.
        if (error.code !== 'EPIPE') throw error
      })
    }
  }

  /** Writes data: one line to stdout. */
  print(line: string): void {
    this.stdout.write(`${line}\n`)
  }

  /** Writes data as JSON: what every command does under --json. */
  printJson(value: unknown): void {
    this.print(JSON.stringify(value, null, 2))
  }

  /** Says something to the person at the keyboard: one line to stderr. */
  say(line: string): void {
    this.stderr.write(`${line}\n`)
  }

  /** Colours text that will be printed on stdout. */
  paint(style: Style, text: string): string {
    return styleText(style, text, { stream: this.stdout, validateStream: true })
  }

  /** Colours text that will be said on stderr. */
  paintSaid(style: Style, text: string): string {
    return styleText(style, text, { stream: this.stderr, validateStream: true })
  }

  /** Asks the person at the keyboard for one line; undefined when there is nobody: a script, a pipe, an end of input. */
  async ask(question: string): Promise<string | undefined> {
    if ((this.stdin as { isTTY?: boolean }).isTTY !== true) return undefined
    const lines = createInterface({ input: this.stdin, output: this.stderr })
    try {
      return await new Promise((resolve) => {
        lines.once('close', () => resolve(undefined))
        lines.question(question, resolve)
      })
    } finally {
      lines.close()
    }
  }

  /** Reads stdin to its end: what the file name `-` stands for. */
  async readAll(): Promise<string> {
    const chunks: Buffer[] = []
    for await (const chunk of this.stdin) chunks.push(Buffer.from(chunk))
    return Buffer.concat(chunks).toString('utf8')
  }
}
