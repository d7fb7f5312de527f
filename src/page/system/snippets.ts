/** The lines that point programs at a proxy, for the places where they are said. */

interface Address {
  readonly host: string
  readonly port: number
}

/** Some lines and what they are for. */
export interface Snippet {
  readonly name: string
  readonly text: string
}

/** Gives a snippet for each kind of program. */
export function snippetsFor({ host, port }: Address): readonly Snippet[] {
  const reachable = reachableFrom(host)
  const url = `http://${reachable}:${port}`
  return [
    { name: 'Shell', text: `export http_proxy=${url} https_proxy=${url} no_proxy=localhost,127.0.0.1` },
    { name: 'curl', text: `curl -x ${url} http://backend.example/` },
    {
      name: 'Kubernetes',
      text: `env:\n  - { name: HTTP_PROXY, value: "${url}" }\n  - { name: HTTPS_PROXY, value: "${url}" }`,
    },
    { name: 'Node', text: `NODE_USE_ENV_PROXY=1 HTTP_PROXY=${url} HTTPS_PROXY=${url} node app.js` },
    {
      name: 'Java',
      text: ['http', 'https']
        .map((scheme) => `-D${scheme}.proxyHost=${reachable} -D${scheme}.proxyPort=${port}`)
        .join(' '),
    },
    { name: 'systemd', text: `[Service]\nEnvironment=http_proxy=${url} https_proxy=${url}` },
    {
      name: 'Docker',
      text: `docker run --network container:vedette -e HTTP_PROXY=${url} -e HTTPS_PROXY=${url} -e http_proxy=${url} -e https_proxy=${url} IMAGE`,
    },
    {
      name: 'Windows',
      text: `setx HTTP_PROXY ${url}\nsetx HTTPS_PROXY ${url}\nnetsh winhttp set proxy ${reachable}:${port}`,
    },
    {
      name: 'PAC file',
      text: `function FindProxyForURL(url, host) {
  if (isPlainHostName(host) || host === '127.0.0.1') return 'DIRECT';
  return 'PROXY ${reachable}:${port}';
}`,
    },
  ]
}

/** Gives what watches the instance: a job for Prometheus, and a look by hand. */
export function watchSnippetsFor({ host, port }: Address): readonly Snippet[] {
  const at = `${reachableFrom(host)}:${port}`
  return [
    {
      name: 'Prometheus',
      text: `scrape_configs:\n  - job_name: vedette\n    static_configs:\n      - targets: ["${at}"]`,
    },
    { name: 'By hand', text: `curl -s 'http://${at}/readyz?verbose'\ncurl -s http://${at}/metrics` },
  ]
}

/** An address that means "every interface" is none to connect to. */
function reachableFrom(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
