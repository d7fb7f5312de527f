/**
 * What a backend accepts, found out by trying: one handshake after the other, each closed before the next begins, and
 * never more than the limits here. Nothing of an application is sent, and no verdict about the certificate is reached;
 * addresses and destinations are under the policy as for every dial.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { asSidecarError } from '../errors.ts'
import type { AllowedDecision } from '../policy/allowed-or-throw.ts'
import { suites } from '../policy/catalogue/catalogue.ts'
import { groups } from '../policy/catalogue/groups.ts'
import { compileTls } from '../policy/document/compile-tls.ts'
import type { TlsEntry } from '../policy/document/schema.ts'
import type { Protocol, Rule } from '../policy/policy.ts'
import type { StarttlsProtocol } from '../settings/service.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import { emptyPool } from '../truststore/intermediate-pool.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import { Backends, type ExaminedBackend } from './backends.ts'
import type { BackendConnection } from './verified-backend.ts'

/** What there is to know of a backend before a rule is written for it. */
export interface Matrix {
  /** Newest first. */
  readonly protocols: readonly Protocol[]
  /** IANA names by protocol, in the order in which the backend chose. */
  readonly suites: Readonly<Partial<Record<Protocol, readonly string[]>>>
  readonly groups: readonly string[]
  readonly serverName: 'same with and without' | 'another certificate without' | 'needed' | 'disliked' | 'unknown'
  /** Whether a ClientHello of 1.6 kB with a post-quantum share gets an answer. */
  readonly largeHello: 'taken' | 'answered in the classic way' | 'broken off'
  readonly staples: boolean
  readonly resumes: boolean
  readonly handshakes: number
  /** False when a limit ended the trying: what is missing was not tried. */
  readonly complete: boolean
}

const HANDSHAKES_MAX = 120
const TIME_MAX_MS = 60_000
/** Between two handshakes, so that nobody takes it for a flood. */
const PAUSE_MS = 20
const TOLD_EVERY = 10
const newestFirst: readonly Protocol[] = ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1']

/** Whom to try out, and how. */
export interface MatrixWish {
  readonly snapshot: Snapshot
  readonly decision: AllowedDecision
  readonly deadlines: Deadlines
  /** What TLS is asked for in, each time. */
  readonly starttls?: StarttlsProtocol | undefined
  /** Told how many handshakes were made, now and then. */
  readonly progress?: ((made: number) => void) | undefined
}

/** Tries a backend out; throws what keeps it from being reached at all. */
export async function probeMatrix(wish: MatrixWish): Promise<Matrix> {
  const trials = new Trials(wish)
  // A backend that cannot be reached is an error, and not one that accepts nothing.
  await trials.reach()
  // First, because all that follows must come in the way that it answers to.
  const serverName = await trials.serverName()
  const protocols: Protocol[] = []
  for (const protocol of newestFirst) if (await trials.offer([protocol], {})) protocols.push(protocol)
  const chosen: Partial<Record<Protocol, readonly string[]>> = {}
  for (const protocol of protocols) chosen[protocol] = await trials.suitesOf(protocol)
  return {
    protocols,
    suites: chosen,
    groups: await trials.groupsOf(protocols),
    serverName,
    largeHello: await trials.largeHello(),
    staples: await trials.staples(),
    resumes: await trials.resumes(),
    handshakes: trials.made,
    complete: !trials.isOver,
  }
}

type Lists = Pick<TlsEntry, 'ciphers' | 'groups' | 'postQuantum'>

class Trials {
  made = 0
  readonly #wish: MatrixWish
  readonly #endMs = performance.now() + TIME_MAX_MS
  /** How the backend wants to be asked, where it minds. */
  #manner: Partial<Rule> = {}

  constructor(wish: MatrixWish) {
    this.#wish = wish
  }

  get isOver(): boolean {
    return this.made >= HANDSHAKES_MAX || performance.now() >= this.#endMs
  }

  /** Throws what is wrong with the name, the address or the network; what is wrong with TLS is for the trials to find. */
  async reach(): Promise<void> {
    await this.#with({}, async (backends, decision) => {
      this.made += 1
      await backends.examine(decision, this.#wish.starttls).catch((thrown: unknown) => {
        if (!handshakeFaults.includes(asSidecarError(thrown).code)) throw thrown
      })
    })
  }

  /** What comes of offering these; undefined when the backend does not take it. */
  async offer(
    protocols: readonly Protocol[],
    lists: Lists,
    more: Partial<Rule> = {},
  ): Promise<ExaminedBackend | undefined> {
    const usable = suites.filter(
      (suite) => suite.needs === undefined && suite.protocols.some((each) => protocols.includes(each)),
    )
    const entry: TlsEntry = {
      configuration: 'custom',
      protocols: [...protocols],
      ciphers: usable.map(({ iana }) => iana),
      groups: groups.filter((group) => !group.postQuantum).map(({ name }) => name),
      legacy: { securityLevel: 0, unsafeRenegotiation: true, minDhBits: 1024 },
      ...lists,
    }
    const tls = compileTls(entry, { path: [], said: entry, note: () => {} })
    return await this.#with({ tls, ...more }, (backends, decision) => this.#examine(backends, decision))
  }

  /** The suites of one protocol: what was chosen is taken out, until nothing is. */
  async suitesOf(protocol: Protocol): Promise<string[]> {
    const found: string[] = []
    const left = () =>
      suites.filter(({ iana, needs, protocols }) => !needs && protocols.includes(protocol) && !found.includes(iana))
    while (left().length > 0) {
      const seen = await this.offer([protocol], { ciphers: left().map(({ iana }) => iana) })
      if (seen === undefined || found.includes(seen.tls.cipher)) break
      found.push(seen.tls.cipher)
    }
    return found
  }

  /** The groups, the same way; post-quantum ones each by itself, since a fallback would hide a refusal. */
  async groupsOf(accepted: readonly Protocol[]): Promise<string[]> {
    const [newest] = accepted.filter((each) => each === 'TLSv1.3' || each === 'TLSv1.2')
    if (newest === undefined) return []
    const found: string[] = []
    const fits = groups.filter((group) => (newest === 'TLSv1.3' ? group.inTls13 : group.inTls12))
    for (const { name } of fits.filter((group) => group.postQuantum)) {
      if (await this.offer([newest], { groups: [name], postQuantum: 'prefer' })) found.push(name)
    }
    const left = () => fits.filter(({ name, postQuantum }) => !postQuantum && !found.includes(name))
    while (left().length > 0) {
      const seen = await this.offer([newest], { groups: left().map(({ name }) => name) })
      const group = seen?.tls.group ?? ''
      if (group === '' || found.includes(group)) break
      found.push(group)
    }
    return found
  }

  async serverName(): Promise<Matrix['serverName']> {
    const { rule, destination } = this.#wish.decision
    const name = typeof rule.sni === 'string' ? rule.sni : destination.kind === 'name'
    // Everything is offered, so that nothing but the name makes the difference.
    const [sent, left] = [
      await this.offer(newestFirst, {}, { sni: name }),
      await this.offer(newestFirst, {}, { sni: false }),
    ]
    if (sent === undefined && left === undefined) return 'unknown'
    if (sent === undefined) {
      this.#manner = { sni: false }
      return 'disliked'
    }
    this.#manner = { sni: name }
    if (left === undefined) return 'needed'
    return leafOf(sent) === leafOf(left) ? 'same with and without' : 'another certificate without'
  }

  /** Two handshakes that fall back where the large hello breaks: the second one settles that it was no accident. */
  async largeHello(): Promise<Matrix['largeHello']> {
    // TLS 1.3 is offered whatever the backend takes: the hello is what it has to stand, and it may answer with 1.2.
    const protocols: Protocol[] = ['TLSv1.2', 'TLSv1.3']
    const lists = { groups: ['X25519MLKEM768', 'X25519', 'P-256', 'P-384'], postQuantum: 'prefer' } as const
    const entry: TlsEntry = { configuration: 'custom', protocols, ...lists, groups: [...lists.groups] }
    const tls = compileTls(entry, { path: [], said: entry, note: () => {} })
    return await this.#with({ tls }, async (backends, decision) => {
      await this.#examine(backends, decision)
      const seen = await this.#examine(backends, decision)
      if (seen === undefined || backends.tolerance.marks.length > 0) return 'broken off'
      return seen.tls.group === 'X25519MLKEM768' ? 'taken' : 'answered in the classic way'
    })
  }

  async staples(): Promise<boolean> {
    const revocation = { ...this.#wish.decision.rule.revocation, mode: 'soft', sources: ['stapled'] } as const
    return (await this.#usual({ revocation }))?.stapled ?? false
  }

  async resumes(): Promise<boolean> {
    return await this.#with({}, async (backends, decision) => {
      const open = async () => {
        if (this.isOver) return undefined
        this.made += 1
        const backend = await this.#connect(backends, decision).catch(() => undefined)
        // TLS 1.3 gives out its tickets after the handshake.
        await pause(TICKET_MS)
        backend?.wire.destroy()
        return backend?.tls
      }
      await open()
      return (await open())?.resumed ?? false
    })
  }

  /** A connection that keeps its session for the next one. */
  async #connect(backends: Backends, decision: AllowedDecision): Promise<BackendConnection> {
    const { starttls, snapshot } = this.#wish
    if (starttls === undefined) return await backends.poolFor(decision).open()
    const { timeouts } = snapshot.settings
    return (await backends.connect({ decision, scheme: 'tls', starttls, timeouts })).backend
  }

  /** A handshake with what the rule itself offers. */
  #usual(more: Partial<Rule>): Promise<ExaminedBackend | undefined> {
    return this.#with(more, (backends, decision) => this.#examine(backends, decision))
  }

  async #examine(backends: Backends, decision: AllowedDecision): Promise<ExaminedBackend | undefined> {
    if (this.isOver) return undefined
    this.made += 1
    if (this.made % TOLD_EVERY === 0) this.#wish.progress?.(this.made)
    await pause(PAUSE_MS)
    return await backends.examine(decision, this.#wish.starttls).catch(() => undefined)
  }

  /** Does something under the rule with these changes, judging the handshake alone. */
  async #with<T>(more: Partial<Rule>, act: (backends: Backends, decision: AllowedDecision) => Promise<T>): Promise<T> {
    const { clientCertificate: _, ...own } = this.#wish.decision.rule
    const only = {
      trustStores: [],
      strict: false,
      enforcement: 'enforce',
      pins: null,
      plaintext: false,
      starttls: 'must',
    } as const
    const rule: Rule = { ...own, ...only, revocation: { ...own.revocation, mode: 'off' }, ...this.#manner, ...more }
    const policy = { ...this.#wish.snapshot.policy, rules: [], unlisted: rule, exceptions: [] }
    const snapshot = { ...this.#wish.snapshot, policy, trust: {}, identities: {}, intermediates: emptyPool }
    const backends = new Backends({ snapshot, deadlines: this.#wish.deadlines })
    try {
      return await act(backends, { ...this.#wish.decision, rule })
    } finally {
      backends.close()
    }
  }
}

const TICKET_MS = 150

const handshakeFaults: readonly string[] = [
  'POLICY_VERDICT_REFUSED',
  'BACKEND_HANDSHAKE_FAILED',
  'BACKEND_REFUSED_US',
  'BACKEND_HANDSHAKE_TIMEOUT',
]

function leafOf({ presentedChain }: ExaminedBackend): string {
  return presentedChain[0]?.fingerprint256 ?? ''
}
