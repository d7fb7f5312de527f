/**
 * What must not reach a log: values under names that hold secrets, private keys, and the user part of URLs. A net
 * below the rule that nobody logs these on purpose; the access line needs none, because it holds no such field.
 */

import { entryOf, SidecarError } from '../errors.ts'

/** Copies fields for the log: secrets censored, errors described, anything too deep or too long cut. */
export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redactRecord(fields, 0)
}

/** Censors what a text holds of private keys and of passwords inside URLs, and cuts it to a bearable length. */
export function redactText(text: string): string {
  return redactWhole(text.length > textMax ? `${text.slice(0, textMax)}…` : text)
}

/** The same for a text that is kept as a whole, such as a file. */
export function redactWhole(text: string): string {
  return text.replace(privateKey, censored).replace(urlUser, `$1${censored}@`)
}

function redactRecord(record: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(record)) {
    const bare = name.toLowerCase().replace(/[^a-z]/g, '')
    if (value !== undefined) out[name] = secretNames.test(bare) ? censored : redactValue(value, depth + 1)
  }
  return out
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth > depthMax) return '…'
  if (value instanceof Error) return describeError(value, depth)
  if (Array.isArray(value)) return value.slice(0, entriesMax).map((entry) => redactValue(entry, depth + 1))
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  return redactRecord(value as Record<string, unknown>, depth)
}

function describeError(error: Error, depth: number, isUnder = false): Record<string, unknown> {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const expected = error instanceof SidecarError && code !== 'INTERNAL_ERROR'
  return {
    ...(code === undefined ? {} : { code }),
    message: redactText(error.message),
    ...(error instanceof SidecarError ? { see: entryOf(error.code), ...redactRecord(error.details, depth) } : {}),
    // A stack helps with what nobody expected, and only buries the message of what somebody did: a disk that refuses, too.
    ...(expected || (isUnder && 'syscall' in error) || error.stack === undefined
      ? {}
      : { stack: redactText(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: describeCause(error.cause, { depth, expected }) }),
  }
}

function describeCause(cause: unknown, { depth, expected }: { depth: number; expected: boolean }): unknown {
  if (depth >= depthMax || !(cause instanceof Error)) return redactValue(cause, depth + 1)
  return describeError(cause, depth + 1, expected)
}

const censored = '[redacted]'
const secretNames = /^(proxy)?authorization$|^(set)?cookie$|password|passphrase|secret|token$|^(private)?key$/
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g
const urlUser = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']*@/gi
const textMax = 8192
const depthMax = 6
const entriesMax = 200
