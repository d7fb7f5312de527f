/** Callers that keep their connections and never stop asking: whoever loses one request is found out. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface PlainBackend {
  readonly port: number
  readonly requests: () => number
}

/** Starts a plain HTTP backend that echoes the body it is sent. */
export async function startPlainBackend(
  t: Pick<TestContext, 'after'>,
  respond: http.RequestListener = echo,
): Promise<PlainBackend> {
  let requests = 0
  const server = http.createServer((request, response) => {
    requests += 1
    respond(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, requests: () => requests }
}

function echo(request: http.IncomingMessage, response: http.ServerResponse): void {
  request.pipe(response)
}

/** One request through the proxy; resolves with the status, the body, and whether the connection was used before. */
export function requestThrough(
  proxyPort: number,
  url: string,
  { agent = false, body = '' }: { agent?: http.Agent | false; body?: string } = {},
): Promise<{ status: number; body: string; reused: boolean }> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: '127.0.0.1',
        port: proxyPort,
        path: url,
        agent,
        method: body === '' ? 'GET' : 'POST',
        headers: { host: new URL(url).host },
      },
      async (response) => {
        try {
          let text = ''
          for await (const chunk of response) text += chunk
          resolve({ status: response.statusCode ?? 0, body: text, reused: request.reusedSocket })
        } catch (error) {
          reject(error)
        }
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

export interface Load {
  readonly done: () => number
  readonly failures: readonly string[]
  /** Ends the load and waits for the requests under way. */
  stop(): Promise<void>
}

/** Keeps `connections` callers asking, GET and POST in turn; anything but a right answer is a failure. */
export function keepAsking(
  t: Pick<TestContext, 'after'>,
  { proxyPort, url, connections }: { proxyPort: number; url: string; connections: number },
): Load {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections })
  const failures: string[] = []
  let done = 0
  let stopped = false
  const caller = async (name: number): Promise<void> => {
    for (let n = 0; !stopped; n += 1) {
      const body = n % 2 === 0 ? '' : `caller ${name} request ${n}`
      try {
        const answer = await requestThrough(proxyPort, url, { agent, body })
        if (answer.status !== 200 || answer.body !== body) failures.push(`${answer.status} ${answer.body}`)
      } catch (error) {
        failures.push(String(error))
      }
      done += 1
    }
  }
  const all = Promise.all(Array.from({ length: connections }, (_, name) => caller(name)))
  const stop = async () => {
    stopped = true
    await all
    agent.destroy()
  }
  t.after(stop)
  return { done: () => done, failures, stop }
}
