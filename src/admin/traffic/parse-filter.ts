/**
 * The language in which connections are filtered, in the address of the page and on the command line alike: words with
 * AND between them. `host:*.corp.example decision:deny since:1h mail` means all four.
 */
import { SidecarError } from '../../errors.ts'
import type { Connection } from '../contract.ts'
import type { Frozen } from '../instance.ts'
import { connection as connectionSchema } from '../schemas/traffic.ts'

type Matches = (connection: Frozen<Connection>) => boolean

/** Reads a filter; throws OPERATOR_BAD_REQUEST naming the word that is none. */
export function parseFilter(text: string, nowMs: number): Matches {
  const words = text.split(/\s+/).filter((word) => word !== '')
  const all = words.map((word) => parseWord(word, nowMs))
  return (connection) => all.every((matches) => matches(connection))
}

function parseWord(word: string, nowMs: number): Matches {
  const isNot = word.startsWith('-') && word.length > 1
  const matches = parsePlain(isNot ? word.slice(1) : word, nowMs)
  return isNot ? (connection) => !matches(connection) : matches
}

function parsePlain(word: string, nowMs: number): Matches {
  const [, key, value = ''] = /^([a-z]+):(.+)$/.exec(word) ?? []
  // host:port is what people paste; it is no key.
  if (key === undefined) return anywhere(word)
  if (key === 'since') return since(value, nowMs)
  const read = keys[key]
  if (read !== undefined) {
    assertCanBe(key, value)
    return matching(value, read)
  }
  throw new SidecarError('OPERATOR_BAD_REQUEST', `filter: unknown word ${JSON.stringify(word)}; known are ${known}`)
}

const keys: Readonly<Record<string, (connection: Frozen<Connection>) => readonly string[]>> = {
  decision: ({ decision }) => [decision],
  verdict: ({ verdict }) => [verdict],
  host: ({ host }) => [host],
  port: ({ port }) => [`${port}`],
  // Its port is another one each time.
  caller: ({ caller }) => [caller, caller.replace(/^\[|\]?:\d+$/g, '')],
  rule: ({ rule }) => [rule],
  reason: ({ error, findings }) => [error, ...findings.map(({ name }) => name)],
  protocol: ({ protocol }) => [protocol],
  cipher: ({ cipher }) => [cipher],
  group: ({ group }) => [group],
  status: ({ status }) => [`${status}`],
  version: ({ version }) => [`${version}`],
  method: ({ method }) => [method],
  entrance: ({ entrance }) => [entrance],
}
const known = [...Object.keys(keys), 'since'].map((key) => `${key}:`).join(' ')

/** Refuses what no connection can have: nothing found would be taken for nothing there. */
function assertCanBe(key: string, value: string): void {
  const values: readonly string[] | undefined = fixed[key]
  if (values?.some(pattern(value.toLowerCase())) === false) {
    const message = `filter: ${key}:${value} is none; it is one of ${values.filter((each) => each !== '').join(', ')}`
    throw new SidecarError('OPERATOR_BAD_REQUEST', message)
  }
  if (numbers.includes(key) && !/^[\d*]+$/.test(value))
    throw new SidecarError('OPERATOR_BAD_REQUEST', `filter: ${key}: wants a number, not ${JSON.stringify(value)}`)
}

const fixed: Readonly<Record<string, readonly string[]>> = {
  decision: connectionSchema.shape.decision.options,
  verdict: connectionSchema.shape.verdict.options,
}
const numbers = ['port', 'status', 'version']

/** A star stands for anything; without one the whole has to be equal. Letters may be of any case. */
function matching(value: string, read: (connection: Frozen<Connection>) => readonly string[]): Matches {
  const fits = pattern(value.toLowerCase())
  return (connection) => read(connection).some((text) => fits(text.toLowerCase()))
}

/** Takes a pattern apart once for all connections. */
function pattern(value: string): (text: string) => boolean {
  const [first = '', ...rest] = value.split('*')
  const last = rest.pop()
  return last === undefined ? (text) => text === first : (text) => fits(text, { first, rest, last })
}

interface Parts {
  readonly first: string
  readonly rest: readonly string[]
  readonly last: string
}

/** By hand and from left to right, because a pattern from outside must not become a regular expression. */
function fits(text: string, { first, rest, last }: Parts): boolean {
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  let at = first.length
  const end = text.length - last.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found === -1 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}

function anywhere(word: string): Matches {
  const text = word.toLowerCase()
  return ({ host, port, rule, message, caller }) =>
    [`${host}:${port}`, rule, message, caller].some((each) => each.toLowerCase().includes(text))
}

function since(value: string, nowMs: number): Matches {
  const [, count, unit] = /^(\d{1,4})([smhd])$/.exec(value) ?? []
  if (unit === undefined) throw new SidecarError('OPERATOR_BAD_REQUEST', 'filter: since: wants 30s, 15m, 2h or 1d')
  const fromMs = nowMs - Number(count) * (units[unit as keyof typeof units] as number)
  return ({ timeMs }) => timeMs >= fromMs
}

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
