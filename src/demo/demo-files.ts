/**
 * The demo's temporary folder: a policy, settings, one trust store with the throw-away root, its revocation list, and
 * the state. It is removed when the demo ends; nothing in it is secret.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** The addresses the demo's sidecar listens on; 0 lets the system choose. */
export interface DemoPorts {
  readonly proxy: number
  readonly admin: number
  readonly health: number
}

export interface DemoFiles {
  readonly folder: string
  readonly settings: string
  readonly policy: string
  readonly state: string
  /** The settings once more, as flags: variables of the environment must not change what is demonstrated. */
  readonly flags: readonly string[]
  remove(): void
}

export interface DemoFilesWish {
  readonly rootPem: string
  /** DER. */
  readonly revocationList: Buffer
  readonly ports: DemoPorts
}

/** Writes the folder. */
export function writeDemoFiles({ rootPem, revocationList, ports }: DemoFilesWish): DemoFiles {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-demo-'))
  const settings = path.join(folder, 'vedette.yaml')
  const policy = path.join(folder, 'policy.yaml')
  mkdirSync(path.join(folder, 'truststores', 'demo'), { recursive: true })
  writeFileSync(path.join(folder, 'truststores', 'demo', 'root.pem'), rootPem)
  mkdirSync(path.join(folder, 'crls'))
  writeFileSync(path.join(folder, 'crls', 'root.crl'), revocationList)
  writeFileSync(policy, policyText)
  writeFileSync(settings, settingsText(ports))
  const state = path.join(folder, 'state')
  const flags = [
    ...['--proxy-listen', `127.0.0.1:${ports.proxy}`],
    ...['--admin-listen', `127.0.0.1:${ports.admin}`],
    ...['--health-listen', `127.0.0.1:${ports.health}`],
    ...['--policy', policy],
    ...['--truststores', path.join(folder, 'truststores')],
    ...['--crls', path.join(folder, 'crls')],
    ...['--state', state],
    ...['--workers', '1'],
    ...['--log-format', 'json'],
    ...['--log-level', 'info'],
  ]
  return { folder, settings, policy, state, flags, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

const policyText = `# The policy of the demo: strict, with a throw-away authority beside the bundled ones.
apiVersion: vedette/v1
kind: OutgoingTlsPolicy
metadata: { name: demo, comment: loopback is allowed because the backends of the demo live there }
spec:
  strictTls:
    enabled: true
    enforcement: enforce
    defaultTrustStore: bundled
    customTrustStores: [demo]
  sni: true
  destinations:
    allowAddresses: [127.0.0.0/8]
  rules:
    - name: no-sni
      match: [no-sni.demo.localhost]
      sni: false
    - name: allow-and-log
      match: [allowed-untrusted.demo.localhost]
      strictTls: { allowUntrusted: true }
    # By default what nobody can say yet is let through; here an answer is waited for.
    - name: certain
      match: [revoked.demo.localhost]
      revocation: { mode: hard }
    - name: forbidden
      match: [forbidden.demo.localhost]
      action: deny
`

function settingsText(ports: DemoPorts): string {
  return `apiVersion: vedette/v1
kind: Settings
proxy: { listen: ["127.0.0.1:${ports.proxy}"] }
admin: { listen: "127.0.0.1:${ports.admin}" }
health: { listen: "127.0.0.1:${ports.health}" }
policy: policy.yaml
truststores: truststores
crls: crls
state: state
workers: 1
timeouts: { drain: 5s }
`
}
