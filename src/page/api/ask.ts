/**
 * Asks the admin API. An answer that is no success is thrown as `ApiProblem`, with the problem document (RFC 9457) that
 * came, or one made up of what is known where none came: whoever shows an error has one shape to show.
 */
import type { Problem } from '../../admin/contract.ts'
import { isAttended } from './attendance.ts'

export interface Question {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly query?: Readonly<Record<string, string | number | undefined>>
  /** Sent as JSON, or as it is where it is a file. */
  readonly body?: object
  /** The version this change was made on. */
  readonly ifMatch?: string
  /** Of an uploaded key store; a field holds ASCII alone, so it goes percent-encoded. */
  readonly storePassword?: string
  readonly signal?: AbortSignal
  /** A status that is an answer although it is no success. */
  readonly alsoAnswers?: number
}

/** An answer and what stood around it. */
export interface Answer<T> {
  readonly value: T
  readonly etag: string | undefined
  readonly status: number
}

/** A request that came to nothing, in the API's own words. */
export class ApiProblem extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

const root = '/api/v1'

/** Asks and gives the answer's value. */
export async function ask<T>(path: string, question: Question = {}): Promise<T> {
  return (await askFully<T>(path, question)).value
}

/** The same with its ETag and status, for those who are about to change what they read. */
export async function askFully<T>(path: string, question: Question = {}): Promise<Answer<T>> {
  const { method = 'GET', query = {}, body, ifMatch, storePassword, signal, alsoAnswers } = question
  const isFile = body instanceof Blob
  const response = await fetch(withQuery(`${root}${path}`, query), {
    method,
    headers: {
      accept: 'application/json, application/problem+json',
      ...(body === undefined || isFile ? {} : { 'content-type': 'application/json' }),
      ...(isFile ? { 'content-type': 'application/octet-stream' } : {}),
      ...(isAttended() ? {} : { 'vedette-unattended': '1' }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      ...(storePassword === undefined ? {} : { 'vedette-store-password': encodeURIComponent(storePassword) }),
    },
    ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    throw new ApiProblem({ ...bareProblem('The System Manager does not answer', 503), detail: String(cause) })
  })
  const text = await response.text()
  if (!response.ok && response.status !== alsoAnswers) throw new ApiProblem(problemOf(response, text))
  const value = (isJson(response) ? JSON.parse(text) : text) as T
  return { value, etag: response.headers.get('etag') ?? undefined, status: response.status }
}

/** What is known of an answer that brought no problem document of its own. */
function bareProblem(title: string, status: number): Problem {
  return { type: 'about:blank', title, status, detail: title, instance: '', code: '', see: '', errors: [], details: {} }
}

function withQuery(path: string, query: NonNullable<Question['query']>): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`
}

function isJson(response: Response): boolean {
  return /\bjson\b/.test(response.headers.get('content-type') ?? '')
}

function problemOf(response: Response, text: string): Problem {
  if (isJson(response)) return JSON.parse(text) as Problem
  return bareProblem(response.statusText || 'The request failed', response.status)
}
