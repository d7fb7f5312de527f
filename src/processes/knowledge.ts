/**
 * What the control process finds out for handshakes beyond what stands in a snapshot: about revocation, and about
 * issuers that backends did not send. Facts go to the workers as they come, and serve the handshakes of control itself.
 */
import type { Known } from '../backend/backends.ts'
import { patiently } from '../backend/find-revocation.ts'
import { IssuerOffice } from './issuer-office.ts'
import type { ToControl } from './messages.ts'
import { type OfficeOptions, RevocationOffice } from './revocation-office.ts'

export class Knowledge {
  readonly revocation: RevocationOffice
  readonly #issuers: IssuerOffice
  /** For the handshakes of control itself, which carry no traffic and may wait. */
  readonly known: Known

  constructor(options: OfficeOptions) {
    this.revocation = new RevocationOffice(options)
    this.#issuers = new IssuerOffice(options)
    this.known = { revocation: patiently(this.revocation.book), issuers: this.#issuers.book }
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

  close(): void {
    this.revocation.close()
  }
}
