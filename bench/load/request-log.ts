/** What the load generator remembers of every request: one line of a file, so that millions of them are no burden. */
import fs from 'node:fs'
import type { QuestionKind } from './question.ts'

export interface RequestEntry {
  readonly id: number
  readonly kind: QuestionKind
  readonly method: string
  /** The caller's own port: together with the order on a connection it finds the request in an access log. */
  readonly port: number
  /** When it was due; later than that, every wait is the proxy's (or this machine's). */
  readonly dueMs: number
  readonly sentMs: number
  /** When its answer was complete, or when it failed. */
  readonly endMs: number
  /** Empty when all was right. */
  readonly failure: string
}

/** Writes entries as lines, in blocks. */
export class RequestLogWriter {
  readonly #file: number
  #lines: string[] = []

  constructor(path: string) {
    this.#file = fs.openSync(path, 'w')
  }

  add(entry: RequestEntry): void {
    this.#lines.push(JSON.stringify(Object.values(orderly(entry))))
    if (this.#lines.length >= 1_000) this.#flush()
  }

  close(): void {
    this.#flush()
    fs.closeSync(this.#file)
  }

  #flush(): void {
    if (this.#lines.length > 0) fs.writeSync(this.#file, `${this.#lines.join('\n')}\n`)
    this.#lines = []
  }
}

/** Reads what a writer wrote. */
export function readRequestLog(path: string): RequestEntry[] {
  const lines = fs.readFileSync(path, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map(parseEntry)
}

function parseEntry(line: string): RequestEntry {
  const [id, kind, method, port, dueMs, sentMs, endMs, failure] = JSON.parse(line) as [
    number,
    QuestionKind,
    string,
    number,
    number,
    number,
    number,
    string,
  ]
  return { id, kind, method, port, dueMs, sentMs, endMs, failure }
}

function orderly({ id, kind, method, port, dueMs, sentMs, endMs, failure }: RequestEntry): RequestEntry {
  return { id, kind, method, port, dueMs, sentMs, endMs, failure }
}
