/**
 * Where the control process answers what workers ask about revocation: lists are found by the keeper, responders are
 * asked here. All that is learnt is published to every worker; the answer to a question is only that it was looked into.
 */

import { makeOcspRequest } from '../certificate/ocsp-request.ts'
import { OCSP_BYTES_MAX } from '../certificate/parse-ocsp-answer.ts'
import { readRevocationPointers } from '../certificate/read-revocation-pointers.ts'
import type { RevocationSource } from '../policy/policy.ts'
import { checkOcsp } from './check-ocsp.ts'
import { RESPONDER_LIMIT_MS } from './limits.ts'
import type { ListKeeper } from './list-keeper.ts'
import type { RevocationQuestion } from './question.ts'
import { type News, ocspKey } from './revocation-book.ts'

interface OcspWish {
  readonly url: string
  readonly timeoutMs: number
  readonly bytesMax: number
  readonly post: { readonly contentType: string; readonly body: Buffer }
}

export interface DeskOptions {
  readonly lists: Pick<ListKeeper, 'find' | 'know'>
  readonly fetch: (wish: OcspWish) => Promise<Buffer>
  readonly publish: (news: News) => void
  readonly now?: () => number
}

const ANSWERS_MAX = 5_000
const UNDER_WAY_MAX = 100

export class RevocationDesk {
  readonly #options: DeskOptions
  /** Keys of the answers given out, the oldest first, with when they need not be asked again until. */
  readonly #answers = new Map<string, number>()
  #underWay = 0

  constructor(options: DeskOptions) {
    this.#options = options
  }

  /** Looks into questions; resolves when that is over, and never rejects. */
  async lookInto(questions: readonly RevocationQuestion[], sources: readonly RevocationSource[]): Promise<void> {
    if (this.#underWay >= UNDER_WAY_MAX) return
    this.#underWay += 1
    try {
      await Promise.all(questions.map((question) => this.#lookIntoOne(question, sources)))
    } finally {
      this.#underWay -= 1
    }
  }

  async #lookIntoOne(question: RevocationQuestion, sources: readonly RevocationSource[]): Promise<void> {
    await Promise.all([
      sources.includes('crl') ? this.#options.lists.find(question) : undefined,
      sources.includes('ocsp') ? this.#askResponder(question) : undefined,
    ])
  }

  async #askResponder(question: RevocationQuestion): Promise<void> {
    const [url] = question.ocspUrls
    const key = ocspKey(question.issuer, question.serial)
    const nowMs = (this.#options.now ?? Date.now)()
    if (url === undefined || nowMs < (this.#answers.get(key) ?? 0)) return
    const answer = await this.#answerOf(url, question, nowMs)
    const { issuer, serial } = question
    const isLasting = answer.state === 'good' && answer.nextUpdateMs
    this.#remember(key, isLasting || nowMs + RETRY_MS)
    this.#options.publish({ facts: [{ kind: 'ocsp', key, source: url, issuer, serial, answer }], gone: [] })
  }

  async #answerOf(url: string, question: RevocationQuestion, nowMs: number) {
    const issuer = readRevocationPointers(Buffer.from(question.issuerCertificate, 'base64'))
    if (issuer === undefined) return { state: 'unknown', detail: 'was not asked: the issuer cannot be read' } as const
    const post = { contentType: 'application/ocsp-request', body: makeOcspRequest(issuer, question.serial) }
    try {
      const der = await this.#options.fetch({ url, timeoutMs: RESPONDER_LIMIT_MS, bytesMax: OCSP_BYTES_MAX, post })
      return checkOcsp(der, question, nowMs)
    } catch (thrown) {
      return { state: 'unknown', detail: `did not answer: ${(thrown as Error).message}` } as const
    }
  }

  #remember(key: string, untilMs: number): void {
    this.#answers.delete(key)
    this.#answers.set(key, untilMs)
    if (this.#answers.size <= ANSWERS_MAX) return
    const oldest = this.#answers.keys().next().value as string
    this.#answers.delete(oldest)
    this.#options.publish({ facts: [], gone: [oldest] })
  }
}

const RETRY_MS = 60_000
