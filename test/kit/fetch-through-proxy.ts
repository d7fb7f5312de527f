/** A process that fetches URLs through a proxy, as an application does: `fetch-through-proxy PROXY URL…`. */
import { fetch, ProxyAgent } from 'undici'

const [proxy = '', ...urls] = process.argv.slice(2)
const dispatcher = new ProxyAgent(proxy)
for (const url of urls) {
  const response = await fetch(url, { dispatcher })
  process.stdout.write(`${response.status} ${await response.text()}`)
}
await dispatcher.close()
