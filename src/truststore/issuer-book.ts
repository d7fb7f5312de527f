/**
 * Certificates of issuers that were fetched from where other certificates say they can be had (AIA, RFC 5280 §4.2.2.1),
 * as a process that makes handshakes holds them. Facts arrive from the control process at any time. The rules of this
 * file: what was fetched from an address serves only certificates that name this very address, so nobody can put
 * anything in the way of another's chain; and it is a step on the way to an anchor, never its end.
 */
import crypto from 'node:crypto'
import { readIssuerUrls } from '../certificate/read-revocation-pointers.ts'

/** What is known of one address; plain JSON on its way between processes. */
export interface IssuerFact {
  /** The address. */
  readonly key: string
  /** Intermediates, DER in base64: those of the last fetch that gave any. */
  readonly certificates: readonly string[]
  /** What continues "its issuer's certificate …" when the last fetch gave none. */
  readonly failure: string | undefined
}

/** Addresses of which something new is known, and those that are forgotten. */
export interface IssuerNews {
  readonly facts: readonly IssuerFact[]
  readonly gone: readonly string[]
}

interface Held {
  readonly failure: string | undefined
  readonly certificates: readonly crypto.X509Certificate[]
}

export class IssuerBook {
  readonly #ask: (url: string) => void
  readonly #held = new Map<string, Held>()
  readonly #asked = new Map<string, number>()

  /** `ask` lets somebody fetch; what comes of it is learnt later, and nobody waits for it. */
  constructor(ask: (url: string) => void) {
    this.#ask = ask
  }

  /** Takes news in. */
  learn({ facts, gone }: IssuerNews): void {
    for (const url of gone) this.#held.delete(url)
    for (const { key, certificates, failure } of facts) {
      this.#held.set(key, { failure, certificates: certificates.map(read) })
    }
    // A control process that was started again cannot take back all that the one before has told.
    for (const url of this.#held.keys()) {
      if (this.#held.size <= HELD_MAX) break
      this.#held.delete(url)
    }
  }

  /** Those that a certificate points to and that by name and key may have issued it; signatures are not looked at. */
  possibleIssuers(certificate: crypto.X509Certificate, nowMs: number): crypto.X509Certificate[] {
    if (this.#held.size === 0) return []
    const found = urlsOf(certificate).flatMap((url) => this.#held.get(url)?.certificates ?? [])
    // One that is over is fetched again rather than used: authorities renew their intermediates under one address.
    return found.filter((each) => each.validToDate.getTime() > nowMs && certificate.checkIssued(each))
  }

  /** Has the issuer of a certificate fetched, for the next handshake, and says how that stands; '' if it points nowhere. */
  seekIssuerOf(certificate: crypto.X509Certificate): string {
    const urls = urlsOf(certificate)
    for (const url of urls) this.#seek(url)
    return urls.map((url) => this.#wordOn(url)).join('; ')
  }

  #wordOn(url: string): string {
    const held = this.#held.get(url)
    if (held === undefined) return `it is being fetched from ${url}, try again`
    if (held.failure !== undefined) return `${url} ${held.failure}`
    return `what ${url} gives has not issued it`
  }

  #seek(url: string): void {
    const nowMs = performance.now()
    if (nowMs < (this.#asked.get(url) ?? 0)) return
    if (this.#asked.size >= ASKED_MAX) this.#asked.clear()
    this.#asked.set(url, nowMs + ASKED_AGAIN_MS)
    this.#ask(url)
  }
}

/** The addresses that a certificate names for its issuer's, as far as they may be fetched. */
function urlsOf({ raw }: crypto.X509Certificate): string[] {
  const urls = readIssuerUrls(raw).filter((url) => /^http:/i.test(url) && url.length <= URL_LENGTH_MAX)
  return [...new Set(urls)].slice(0, URLS_OF_ONE_MAX)
}

function read(base64: string): crypto.X509Certificate {
  return new crypto.X509Certificate(Buffer.from(base64, 'base64'))
}

/** Twice what control keeps. */
const HELD_MAX = 400
const ASKED_AGAIN_MS = 10_000
const ASKED_MAX = 1000
const URL_LENGTH_MAX = 2048
const URLS_OF_ONE_MAX = 2
