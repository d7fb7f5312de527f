/** Readers of the event stream without a browser: what the instance pays for being watched, and nothing beside. */
import http from 'node:http'

/** Reads the stream as so many, until told to stop; gives how many connections were shown to one of them. */
export async function readStream(url: string, cookie: string, readers: number): Promise<() => Promise<number>> {
  const all = await Promise.all(Array.from({ length: readers }, () => open(url, cookie)))
  return async () => {
    for (const { request } of all) request.destroy()
    return all[0]?.shown() ?? 0
  }
}

function open(url: string, cookie: string): Promise<{ request: http.ClientRequest; shown: () => number }> {
  return new Promise((resolve, reject) => {
    let shown = 0
    const request = http.get(`${url}/api/v1/stream`, { headers: { cookie }, agent: false }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`the stream answers ${response.statusCode}`))
      // Counted by a field that each connection has once; to parse it all would cost as much as a browser does.
      response.setEncoding('latin1').on('data', (chunk: string) => {
        shown += chunk.split('"caller":').length - 1
      })
      response.on('error', () => {})
      resolve({ request, shown: () => shown })
    })
    request.on('error', reject)
  })
}
