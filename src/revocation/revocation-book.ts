/**
 * What is known about revocation, as a worker holds it: lists by their issuer, answers of responders by certificate.
 * Facts arrive from the control process at any time, each replacing the one of its key; looking up allocates little
 * and waits for nobody.
 */
import type { RevocationSource } from '../policy/policy.ts'
import { faultOfDates, type RevocationAnswer } from './answer.ts'
import type { Known } from './judge-revocation.ts'
import type { RevocationQuestion } from './question.ts'
import type { ReadList } from './read-list.ts'
import { SerialTable } from './serial-table.ts'

/** One thing that is known, plain JSON on its way between processes. */
export type Fact = ListFact | OcspFact

export interface ListFact {
  readonly kind: 'list'
  readonly key: string
  /** A path or a URL. */
  readonly source: string
  readonly isFile: boolean
  readonly issuer: string
  /** Undefined when there is no list that can be used; `fault` says why. */
  readonly list: ReadList | undefined
  readonly fault: string | undefined
}

export interface OcspFact {
  readonly kind: 'ocsp'
  readonly key: string
  readonly source: string
  readonly issuer: string
  readonly serial: string
  readonly answer: RevocationAnswer
}

/** What has been learnt: facts that are new or replace others, and keys of those that are no more. */
export interface News {
  readonly facts: readonly Fact[]
  readonly gone: readonly string[]
}

type Ask = (questions: readonly RevocationQuestion[], sources: readonly RevocationSource[]) => Promise<void>

/** A list as it is held: its numbers in their table alone, for the text that they came as takes more room than they do. */
interface Held {
  readonly fact: Omit<ListFact, 'list'>
  readonly list: Omit<ReadList, 'serials'> | undefined
  readonly table: SerialTable | undefined
}

/** Nobody waits for the same question again within this time. */
const ASKED_AGAIN_MS = 60_000
const ASKED_MAX = 10_000

export class RevocationBook {
  readonly #ask: Ask
  readonly #lists = new Map<string, Map<string, Held>>()
  readonly #answers = new Map<string, OcspFact>()
  readonly #issuerOf = new Map<string, string>()
  readonly #asked = new Map<string, { readonly untilMs: number; readonly done: Promise<void> }>()
  readonly #learnt = new Set<() => void>()

  /** `ask` finds out and makes the news arrive before it resolves; it does not reject and does not take for ever. */
  constructor(ask: Ask) {
    this.#ask = ask
  }

  /** Calls `learnt` after all news, until what it gives is called. */
  onChange(learnt: () => void): () => void {
    this.#learnt.add(learnt)
    return () => this.#learnt.delete(learnt)
  }

  /** Takes news in. */
  learn({ facts, gone }: News): void {
    for (const key of gone) this.#drop(key)
    for (const fact of facts) {
      this.#drop(fact.key)
      if (fact.kind === 'ocsp') this.#answers.set(fact.key, fact)
      else {
        const lists = this.#lists.get(fact.issuer) ?? new Map<string, Held>()
        this.#lists.set(fact.issuer, lists.set(fact.key, hold(fact)))
        this.#issuerOf.set(fact.key, fact.issuer)
      }
    }
    for (const learnt of this.#learnt) learnt()
  }

  readonly lookUp = (question: RevocationQuestion, source: 'crl' | 'ocsp', nowMs: number): readonly Known[] => {
    if (source === 'ocsp') return this.#answerTo(question, nowMs)
    const lists = [...(this.#lists.get(question.issuer)?.values() ?? [])]
    return lists.flatMap((held) => lookUpIn(held, question, nowMs) ?? [])
  }

  /** Asks what is not known; a question that was asked a moment ago is not waited for again. */
  async ask(questions: readonly RevocationQuestion[], sources: readonly RevocationSource[]): Promise<void> {
    if (sources.every((source) => source === 'stapled')) return
    const nowMs = performance.now()
    const waits = questions.map((question) => {
      const key = askedKey(question, sources)
      const asked = this.#asked.get(key)
      if (asked !== undefined && nowMs < asked.untilMs) return asked.done
      if (this.#asked.size >= ASKED_MAX) this.#asked.clear()
      const done = this.#ask([question], sources)
      this.#asked.set(key, { untilMs: nowMs + ASKED_AGAIN_MS, done })
      return done
    })
    await Promise.all(waits)
  }

  #answerTo({ issuer, serial }: RevocationQuestion, nowMs: number): readonly Known[] {
    const fact = this.#answers.get(ocspKey(issuer, serial))
    if (fact === undefined) return []
    const { answer, source } = fact
    const isOver = answer.state === 'good' && answer.nextUpdateMs <= nowMs
    const told: RevocationAnswer = isOver ? { state: 'unknown', detail: 'has given an answer that is over' } : answer
    return [{ answer: told, from: `the responder ${source}` }]
  }

  #drop(key: string): void {
    this.#answers.delete(key)
    const issuer = this.#issuerOf.get(key)
    if (issuer === undefined) return
    this.#issuerOf.delete(key)
    this.#lists.get(issuer)?.delete(key)
  }
}

/** Names the fact that a responder's answer about a certificate is. */
export function ocspKey(issuer: string, serial: string): string {
  return `ocsp ${issuer} ${serial}`
}

/** A certificate that says where to ask is one question; all that say nothing share the one about their issuer. */
function askedKey({ issuer, serial, crlUrls, ocspUrls }: RevocationQuestion, sources: readonly string[]): string {
  const asksResponder = sources.includes('ocsp') && ocspUrls.length > 0
  return [issuer, asksResponder ? serial : '', ...(sources.includes('crl') ? crlUrls : [])].join(' ')
}

function hold({ list, ...fact }: ListFact): Held {
  if (list === undefined) return { fact, list, table: undefined }
  const { serials, ...rest } = list
  return { fact, list: rest, table: new SerialTable(serials) }
}

function lookUpIn({ fact, list, table }: Held, question: RevocationQuestion, nowMs: number): Known | undefined {
  const { fault, source, isFile } = fact
  const from = `the list ${source}`
  const isPointedTo = isFile || question.crlUrls.includes(source)
  if (list === undefined || table === undefined) {
    return isPointedTo ? { answer: { state: 'unknown', detail: fault ?? 'cannot be used' }, from } : undefined
  }
  const revoked = table.find(question.serial)
  if (revoked !== undefined) return { answer: { state: 'revoked', ...revoked }, from }
  const isOther = list.scope === (question.isCa ? 'users' : 'authorities')
  const isElsewhere = list.points.length > 0 && !list.points.some((point) => question.crlUrls.includes(point))
  // What such a list does not name may stand in another one of the same issuer.
  if (isOther || isElsewhere || !isPointedTo) return undefined
  const wrong = faultOfDates(list, nowMs)
  if (wrong !== undefined) return { answer: { state: 'unknown', detail: wrong }, from }
  return { answer: { state: 'good', nextUpdateMs: list.nextUpdateMs as number }, from }
}
