/**
 * What a request line asks for: absolute-form for everything but CONNECT, authority-form for CONNECT
 * (RFC 9112 §3.2). The path and query are never parsed: they leave byte for byte as they came.
 * http/ has refused fragments, user information and odd bytes in targets already.
 */
import { SidecarError } from '../errors.ts'

export interface AbsoluteTarget {
  /** `http://host:port`, as sent: the key under which routes are kept. */
  readonly origin: string
  readonly scheme: 'http' | 'https'
  /** `host` or `host:port`, as sent. */
  readonly authority: string
  /** Path and query for origin-form. */
  readonly path: string
}

/** Where the authority of an absolute-form target ends: the length of its origin, or -1 if it has no such form. */
export function originLength(target: string): number {
  const authorityAt = target.indexOf('://') + 3
  if (authorityAt === 2) return -1
  for (let at = authorityAt; at < target.length; at += 1) {
    const code = target.charCodeAt(at)
    if (code === SLASH || code === QUESTION_MARK) return at
  }
  return target.length
}

/** Tells whether a target has this origin, which is one that `originLength` has cut off another. */
export function isUnderOrigin(target: string, origin: string): boolean {
  if (!target.startsWith(origin)) return false
  const next = target.charCodeAt(origin.length)
  return next === SLASH || next === QUESTION_MARK || target.length === origin.length
}

/** Takes an absolute-form target apart; throws CALLER_BAD_TARGET for any other form or scheme. */
export function parseAbsoluteTarget(target: string): AbsoluteTarget {
  const end = originLength(target)
  if (end === -1) throw badTarget(target, 'is not in absolute-form, which a forward proxy needs')
  const origin = target.slice(0, end)
  const at = origin.indexOf('://')
  const scheme = origin.slice(0, at).toLowerCase()
  const authority = origin.slice(at + 3)
  if (scheme !== 'http' && scheme !== 'https') throw badTarget(target, `has the scheme ${scheme}, not http or https`)
  return { origin, scheme, authority, path: pathOf(target, end) }
}

/** Path and query of an absolute-form target whose origin is `end` long; an empty path becomes `/`. */
export function pathOf(target: string, end: number): string {
  if (end === target.length) return '/'
  return target.charCodeAt(end) === SLASH ? target.slice(end) : `/${target.slice(end)}`
}

function badTarget(target: string, what: string): SidecarError {
  return new SidecarError('CALLER_BAD_TARGET', `request target ${JSON.stringify(target.slice(0, 200))} ${what}`)
}

const SLASH = 0x2f
const QUESTION_MARK = 0x3f
