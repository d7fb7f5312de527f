/**
 * The demo's certificates, made in memory at each start: private keys never touch the disk, and only the root's
 * public part is written, because a trust store is a folder of files.
 */
import { type MadeCertificate, makeCertificate } from '../certificate/make-certificate.ts'
import { makeRevocationList } from '../certificate/make-revocation-list.ts'
import { hostOf } from './faults.ts'

export interface DemoCertificates {
  /** The authority the demo's policy trusts. */
  readonly root: MadeCertificate
  /** What that authority has taken back, DER. */
  readonly revocationList: Buffer
  /** By name of the backend: what it shows, leaf first. */
  readonly shown: ReadonlyMap<string, KeyAndChain>
}

/** What a TLS server needs. */
export interface KeyAndChain {
  readonly key: string
  readonly cert: string
}

const DAY_MS = 86_400_000
const ISSUER_URL = 'http://ca.demo.localhost/intermediate.cer'

/** Makes a throw-away authority with an intermediate, a stranger's authority, and a certificate for each backend. */
export async function makeDemoCertificates(now: number): Promise<DemoCertificates> {
  const root = await makeCertificate({ subject: 'Vedette demo root', ca: true, notBefore: new Date(now - 30 * DAY_MS) })
  const between = await makeCertificate({
    subject: 'Vedette demo intermediate',
    ca: true,
    issuer: root,
    notBefore: new Date(now - 30 * DAY_MS),
  })
  const stranger = await makeCertificate({ subject: 'Somebody else root', ca: true })

  const revoked = await makeLeaf('revoked', { issuer: root, sent: [] })
  const revocationList = await makeRevocationList({
    issuer: root,
    revoked: [revoked],
    revokedAt: new Date(now - 2 * DAY_MS),
    thisUpdate: new Date(now - DAY_MS),
    nextUpdate: new Date(now + 7 * DAY_MS),
  })

  const sound = (name: string) => leaf(name, { issuer: between, sent: [between] })
  const rows: [string, Promise<KeyAndChain>][] = [
    ...['good', 'tls12', 'tls11', 'needs-sni', 'no-sni', 'slow', 'websocket', 'reset'].map(
      (name): [string, Promise<KeyAndChain>] => [name, sound(name)],
    ),
    ['self-signed', leaf('self-signed', { sent: [] })],
    ['allowed-untrusted', leaf('allowed-untrusted', { sent: [] })],
    // The stranger's root is sent along: an issuer that is shown and not trusted is not a gap in the chain.
    ['untrusted-root', leaf('untrusted-root', { issuer: stranger, sent: [stranger] })],
    // It says where its issuer can be fetched, as public ones do: that tells a gap from an unknown authority.
    ['incomplete-chain', leaf('incomplete-chain', { issuer: between, sent: [], issuerUrl: ISSUER_URL })],
    ['expired', leaf('expired', { issuer: root, sent: [], from: now - 20 * DAY_MS, to: now - 3 * DAY_MS })],
    ['not-yet', leaf('not-yet', { issuer: root, sent: [], from: now + 3 * DAY_MS, to: now + 60 * DAY_MS })],
    ['revoked', Promise.resolve({ key: revoked.key, cert: revoked.certificate })],
    ['wrong.host', leaf('wrong.host', { issuer: root, sent: [], issuedTo: 'other.example' })],
  ]
  const shown = new Map(await Promise.all(rows.map(async ([name, made]) => [name, await made] as const)))
  return { root, revocationList, shown }
}

interface LeafWish {
  readonly issuer?: MadeCertificate
  /** Certificates sent after the leaf. */
  readonly sent: readonly MadeCertificate[]
  readonly from?: number
  readonly to?: number
  readonly issuedTo?: string
  readonly issuerUrl?: string
}

async function leaf(name: string, wish: LeafWish): Promise<KeyAndChain> {
  const made = await makeLeaf(name, wish)
  return { key: made.key, cert: [made, ...wish.sent].map(({ certificate }) => certificate).join('\n') }
}

function makeLeaf(name: string, wish: LeafWish): Promise<MadeCertificate> {
  const subject = wish.issuedTo ?? hostOf(name)
  return makeCertificate({
    subject,
    sans: { dns: [subject] },
    issuer: wish.issuer,
    issuerUrl: wish.issuerUrl,
    notBefore: wish.from === undefined ? undefined : new Date(wish.from),
    notAfter: wish.to === undefined ? undefined : new Date(wish.to),
  })
}
