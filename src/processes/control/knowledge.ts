/**
 * What the control process finds out for handshakes beyond what stands in a snapshot: about revocation, and about
 * issuers that backends did not send. Facts go to the workers as they come, and serve the handshakes of control itself.
 */
import type { Known } from '../../backend/backends.ts'
import { patiently } from '../../backend/judge/find-revocation.ts'
import type { History } from '../../history/open-history.ts'
import { destinationsSince, lastEnds } from '../../history/sightings.ts'
import type { Metrics } from '../../observe/metrics.ts'
import type { ToControl } from '../messages.ts'
import { IssuerOffice } from './issuer-office.ts'
import { type OfficeOptions, RevocationOffice } from './revocation-office.ts'
import { rehearsalList } from './trials/rehearsal-list.ts'
import { BackendHealth, type BackendHealthOptions } from './watch/backend-health.ts'
import { backendEnds } from './watch/certificate-ends.ts'

export interface KnowledgeOptions extends OfficeOptions {
  readonly history: History
  readonly metrics: OfficeOptions['metrics'] & BackendHealthOptions['metrics'] & Pick<Metrics, 'backendCertificates'>
}

export class Knowledge {
  readonly revocation: RevocationOffice
  readonly #options: KnowledgeOptions
  readonly #issuers: IssuerOffice
  /** For the handshakes of control itself, which carry no traffic and may wait. */
  readonly known: Known
  /** How the backends are that are looked after by themselves. */
  readonly health: BackendHealth

  constructor(options: KnowledgeOptions) {
    this.#options = options
    const { history } = options
    this.revocation = new RevocationOffice(options)
    this.#issuers = new IssuerOffice(options)
    this.known = { revocation: patiently(this.revocation.book), issuers: this.#issuers.book }
    const seen = () => destinationsSince(history, Date.now() - SEEN_WITHIN_MS, SEEN_MAX)
    this.health = new BackendHealth({ ...options, known: this.known, seen })
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
      watchCertificates: () => this.#tellEnds(),
    }
  }

  /** What it would tell of itself. */
  get states() {
    return { revocationLists: this.revocation.lists, backends: this.health.states }
  }

  #tellEnds(): void {
    const { inForce, history, metrics } = this.#options
    const snapshot = inForce()
    if (snapshot === undefined) return
    const sightings = lastEnds(history, Date.now() - SEEN_WITHIN_MS)
    const named = new Set(
      rehearsalList({ policies: [snapshot.policy], services: snapshot.settings.services }).map(
        ({ authority }) => authority,
      ),
    )
    metrics.backendCertificates(backendEnds({ sightings, checks: this.health.states, named }))
  }

  close(): void {
    this.revocation.close()
  }
}

/** What was not met for longer is left alone. */
const SEEN_WITHIN_MS = 7 * 86_400_000
/** Callers choose what is met: no more of it is dialled by ourselves. */
const SEEN_MAX = 200
