/** The lines that point programs at a proxy, for the places where they are said. */

interface Address {
  readonly host: string
  readonly port: number
}

/** Gives a snippet for each kind of program. */
export function snippetsFor({ host, port }: Address): readonly { readonly name: string; readonly text: string }[] {
  // An address that means "every interface" is none to connect to.
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
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
  ]
}
