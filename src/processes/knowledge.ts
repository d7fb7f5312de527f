/**
 * What the control process finds out for handshakes beyond what stands in a snapshot: about revocation, and about
 * issuers that backends did not send. Facts go to the workers as they come, and serve the handshakes of control itself.
 */
import type { Known } from '../backend/backends.ts'
import { patiently } from '../backend/find-revocation.ts'
import { BackendHealth, type BackendHealthOptions } from './backend-health.ts'
import { IssuerOffice } from './issuer-office.ts'
import type { ToControl } from './messages.ts'
import { type OfficeOptions, RevocationOffice } from './revocation-office.ts'

export class Knowledge {
  readonly revocation: RevocationOffice
  readonly #issuers: IssuerOffice
  /** For the handshakes of control itself, which carry no traffic and may wait. */
  readonly known: Known
  /** How the backends are that rules want to be looked after. */
  readonly health: BackendHealth

  constructor(options: OfficeOptions & Pick<BackendHealthOptions, 'metrics'>) {
    this.revocation = new RevocationOffice(options)
    this.#issuers = new IssuerOffice(options)
    this.known = { revocation: patiently(this.revocation.book), issuers: this.#issuers.book }
    this.health = new BackendHealth({ ...options, known: this.known })
  }

  /** Takes in what lies on the disk. */
  async start(): Promise<void> {
    await this.revocation.start()
    await this.#issuers.start()
  }

  /** Looks into what a worker wants to know. */
  wanted(message: ToControl & { type: 'revocation-wanted' | 'issuer-wanted' }): void {
    if (message.type === 'issuer-wanted') this.#issuers.seek(message.url)
    else void this.revocation.wanted(message)
  }

  /** What it does at its times. */
  get work() {
    return {
      refreshRevocationLists: () => this.revocation.refresh(),
      checkBackends: () => this.health.look(),
    }
  }

  /** What it would tell of itself. */
  get states() {
    return { revocationLists: this.revocation.lists, backends: this.health.states }
  }

  close(): void {
    this.revocation.close()
  }
}
