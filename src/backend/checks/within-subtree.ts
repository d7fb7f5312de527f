/**
 * Whether a name lies in a subtree of name constraints, kind by kind (RFC 5280 §4.2.1.10). Where a text cannot be
 * read, or a wildcard covers names on both sides of the border, the answer is the one that refuses: a name is not
 * within what is permitted, and touches what is excluded.
 */
import { derParts } from '../../certificate/der.ts'
import {
  type DistinguishedName,
  isWithinName,
  readDistinguishedName,
} from '../../certificate/read-distinguished-name.ts'
import type { Subtree } from '../../certificate/read-name-constraints.ts'

/** Kinds of names that constraints can be held against. */
export type ConstrainedKind = 'dns' | 'ip' | 'email' | 'directory' | 'uri'

/** A name in the form in which its kind is compared. */
export type ComparableName = string | Buffer | DistinguishedName

/** What a subtree means for one name. */
export type Relation = (name: ComparableName) => { readonly isPermitted: boolean; readonly isExcluded: boolean }

/** Prepares a subtree for many names. */
export function relationTo(subtree: Subtree, kind: ConstrainedKind): Relation {
  switch (kind) {
    case 'dns':
      return dnsRelation(subtree.bytes.toString('latin1').toLowerCase())
    case 'email':
      return emailRelation(subtree.bytes.toString('latin1'))
    case 'uri':
      return uriRelation(subtree.bytes.toString('latin1').toLowerCase())
    case 'ip':
      return ipRelation(subtree.bytes)
    case 'directory': {
      const base = readDistinguishedName(contentOfName(subtree.bytes))
      return (name) => same(isWithinName(name as DistinguishedName, base))
    }
  }
}

/** The content of a Name that stands explicitly tagged in a general name. */
export function contentOfName(bytes: Buffer): Buffer {
  derParts(bytes)
  const header = (bytes[1] as number) < 0x80 ? 2 : 2 + ((bytes[1] as number) & 0x7f)
  return bytes.subarray(header)
}

const same = (isWithin: boolean) => ({ isPermitted: isWithin, isExcluded: isWithin })

/** One that begins with a dot permits what is below it only, and excludes the name itself as well. */
function dnsRelation(base: string): Relation {
  const parent = base.replace(/^\./, '')
  const isBelow = (name: string) => parent === '' || name.endsWith(`.${parent}`)
  return (name) => {
    const text = name as string
    const isPermitted = isBelow(text) || text === base
    // `*.a.test` may stand for `www.a.test`, so it touches that subtree although it is not in it (CVE-2025-61727).
    const isTouched = text.includes('*') && afterFirstLabel(parent) === afterFirstLabel(text)
    return { isPermitted, isExcluded: isBelow(text) || text === parent || isTouched }
  }
}

function afterFirstLabel(name: string): string {
  return name.slice(name.indexOf('.') + 1 || name.length)
}

function emailRelation(base: string): Relation {
  const at = base.lastIndexOf('@')
  const baseHost = base.slice(at + 1).toLowerCase()
  return (name) => {
    const text = name as string
    const split = text.lastIndexOf('@')
    if (split < 1) return unreadable
    if (at !== -1 && text.slice(0, split) !== base.slice(0, at)) return same(false)
    return same(isWithinHost(text.slice(split + 1).toLowerCase(), baseHost))
  }
}

function uriRelation(base: string): Relation {
  return (name) => {
    const host = hostOfUri(name as string)
    return host === undefined ? unreadable : same(isWithinHost(host, base))
  }
}

const unreadable = { isPermitted: false, isExcluded: true }

/** For mail and URIs a host means that host alone, and one with a dot in front all below it. */
function isWithinHost(host: string, base: string): boolean {
  return base.startsWith('.') ? host.endsWith(base) : host === base
}

/** The host name of a URI; a URI without one, or with an address, cannot be held against a constraint. */
function hostOfUri(uri: string): string | undefined {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri)?.[1]
  const host = authority?.replace(/^.*@/, '').replace(/:\d*$/, '').toLowerCase()
  return host === undefined || host === '' || /^[\d.]+$|^\[/.test(host) ? undefined : host
}

function ipRelation(base: Buffer): Relation {
  const half = base.length / 2
  return (name) => {
    const address = name as Buffer
    if (address.length !== half) return same(false)
    for (let index = 0; index < half; index += 1) {
      const mask = base[half + index] as number
      if (((address[index] as number) & mask) !== ((base[index] as number) & mask)) return same(false)
    }
    return same(true)
  }
}
