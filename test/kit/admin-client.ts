/** A program that uses the admin API of a running instance: signs in, asks by the name of a route, checks each answer. */
import assert from 'node:assert/strict'
import { apiBase, type RouteName, routeNamed } from '../../src/admin/route-table.ts'
import { problem } from '../../src/admin/schemas/parts.ts'
import type { TestInstance } from './start-instance.ts'

export interface Wish {
  readonly params?: Readonly<Record<string, string | number>>
  readonly query?: Readonly<Record<string, string | number>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** A test looks into answers whose shape the schema has just been held to. */
  readonly body: ReturnType<typeof JSON.parse>
}

export const adminPassword = 'correct horse battery staple'

export class AdminClient {
  readonly url: string
  cookie = ''
  key = ''

  constructor(url: string) {
    this.url = url
  }

  /** Somebody else, at the same instance, who has not signed in. */
  another(): AdminClient {
    return new AdminClient(this.url)
  }

  /** Asks a route of the table and holds what comes back to its schema. */
  async ask(name: RouteName, { params = {}, query = {}, body, headers = {} }: Wish = {}): Promise<Answer> {
    const { method, path, answer } = routeNamed(name)
    const target = path.replaceAll(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(String(params[key])))
    const search = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]))
    const response = await this.send(`${apiBase}${target}?${search}`, { method, body, headers })
    if (response.status >= 400 && response.headers.get('content-type')?.includes('problem'))
      problem.parse(response.body)
    else if (typeof answer === 'object' && response.status < 400) answer.parse(response.body)
    return response
  }

  /** Sends any request at all. */
  async send(
    target: string,
    { method = 'GET', body, headers = {} }: { method?: string; body?: unknown; headers?: Wish['headers'] } = {},
  ): Promise<Answer> {
    const isBytes = Buffer.isBuffer(body)
    const type = body === undefined ? {} : { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' }
    const response = await fetch(`${this.url}${target}`, {
      method,
      redirect: 'manual',
      headers: {
        ...type,
        ...(this.cookie === '' ? {} : { cookie: this.cookie }),
        ...(this.key === '' ? {} : { authorization: `Bearer ${this.key}` }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: isBytes ? new Uint8Array(body) : typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const cookie = response.headers.get('set-cookie')
    if (cookie !== null) this.cookie = cookie.split(';')[0] as string
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text }
  }

  /** Signs in; throws when that fails. */
  async signIn(name: string, password = adminPassword): Promise<void> {
    const { status, body } = await this.ask('signIn', { body: { name, password } })
    assert.equal(status, 201, JSON.stringify(body))
  }

  /** Gives the ETag of the policy in force. */
  async etag(): Promise<string> {
    return (await this.ask('policy')).headers.get('etag') as string
  }

  /** Applies a text and waits until it is in force. */
  async apply(text: string, more: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    return this.ask('applyPolicy', {
      body: { text, ...more },
      headers: { 'if-match': await this.etag(), prefer: 'wait=30' },
    })
  }
}

/** Finds the one-time link that an instance has said. */
export async function setupTokenOf(instance: TestInstance): Promise<{ url: string; token: string }> {
  await instance.up
  const [, url = '', token = ''] = /(http:\/\/\S+)\/setup#token=(\S+)/.exec(instance.stderr) ?? []
  return { url, token }
}

/** Makes the first admin, called `admin`, and gives a client that is signed in. */
export async function signedIn(instance: TestInstance): Promise<AdminClient> {
  const { url, token } = await setupTokenOf(instance)
  const client = new AdminClient(url)
  const { status, body } = await client.ask('setUp', { body: { token, name: 'admin', password: adminPassword } })
  assert.equal(status, 201, JSON.stringify(body))
  return client
}
