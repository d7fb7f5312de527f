/**
 * Key pairs under identities/<name>/: `tls.crt` (leaf first) and `tls.key`, both PEM, as Kubernetes mounts them, or in
 * their place `tls.p12` (PKCS#12) with its password in `tls.p12.password`; and beside them, if there is one, `tls.ocsp`: an OCSP answer (DER) about the certificate, for callers that ask.
 * A pair that cannot be read now is given as it was when it last could: a renewal caught half way, with the new
 * certificate beside the old key, must not stop what works.
 */
import crypto from 'node:crypto'
import { access, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type KeyPair, parsePkcs12Pair } from '../../../certificate/parse-pkcs12-pair.ts'
import { SidecarError } from '../../../errors.ts'
import type { Identity } from '../../../settings/snapshot.ts'

export interface IdentityReading {
  /** Every pair that has ever been read well, as it was then. */
  readonly identities: Readonly<Record<string, Identity>>
  /** What is wrong now: OPERATOR_BAD_IDENTITY, with `identity` among its details. */
  readonly problems: readonly SidecarError[]
}

export class IdentityReader {
  readonly #folder: string
  readonly #lastGood = new Map<string, Identity>()

  constructor(folder: string) {
    this.#folder = folder
  }

  async read(names: readonly string[]): Promise<IdentityReading> {
    const problems: SidecarError[] = []
    for (const name of new Set(names)) {
      try {
        this.#lastGood.set(name, await loadIdentity(this.#folder, name))
      } catch (error) {
        problems.push(error as SidecarError)
      }
    }
    const known = [...this.#lastGood].filter(([name]) => names.includes(name))
    return { identities: Object.freeze(Object.fromEntries(known)), problems }
  }
}

/** Loads one key pair and checks that its halves belong together; throws OPERATOR_BAD_IDENTITY. */
export async function loadIdentity(folder: string, name: string): Promise<Identity> {
  // Names come from the policy; one with a slash or dots would read keys from anywhere.
  if (!NAME.test(name)) throw bad(name, 'a name is letters, digits, dot, dash, underscore')
  const { certificate, key } = (await readPkcs12(name, path.join(folder, name))) ?? {
    certificate: await read(name, path.join(folder, name, 'tls.crt')),
    key: await read(name, path.join(folder, name, 'tls.key')),
  }
  const leaf = parse(name, 'tls.crt', () => new crypto.X509Certificate(certificate))
  const privateKey = parse(name, 'tls.key', () => crypto.createPrivateKey(key))
  if (!leaf.checkPrivateKey(privateKey)) throw bad(name, 'tls.key is not the key of the first certificate in tls.crt')
  const staple = await readStaple(path.join(folder, name, 'tls.ocsp'))
  return Object.freeze({ name, certificate, key, sha256: crypto.hash('sha256', leaf.raw, 'hex'), ...staple })
}

/** Undefined where there is no such file; two places for one pair invite a renewal of only one of them. */
async function readPkcs12(name: string, folder: string): Promise<KeyPair | undefined> {
  const file = path.join(folder, 'tls.p12')
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw bad(name, `${file} cannot be read: ${error.code}`, error)
  })
  if (bytes === undefined) return undefined
  const isTwice = await access(path.join(folder, 'tls.key')).then(
    () => true,
    () => false,
  )
  if (isTwice) throw bad(name, 'tls.p12 stands beside tls.key: keep one of them')
  const password = await readFile(`${file}.password`, 'utf8').catch(() => undefined)
  try {
    return parsePkcs12Pair(bytes, password?.replace(/\r?\n$/, ''))
  } catch (thrown) {
    throw bad(name, `tls.p12 ${(thrown as Error).message}`, thrown)
  }
}

/** Callers judge the answer; one that is not there, or is being replaced, is no reason to stop serving them. */
async function readStaple(file: string): Promise<Pick<Identity, 'staple'>> {
  const answer = await readFile(file).catch(() => undefined)
  return answer === undefined || answer.length === 0 ? {} : { staple: answer.toString('base64') }
}

async function read(name: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw bad(name, `${file} cannot be read: ${(cause as NodeJS.ErrnoException).code}`, cause)
  }
}

/** The cause stays out of the message: OpenSSL may quote what it could not read, and one of the two is a secret. */
function parse<T>(name: string, file: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw bad(name, `${file} is not PEM that OpenSSL can read, or is encrypted`, cause)
  }
}

function bad(name: string, what: string, cause?: unknown): SidecarError {
  return new SidecarError('OPERATOR_BAD_IDENTITY', `identity ${JSON.stringify(name)}: ${what}`, {
    details: { identity: name },
    cause,
  })
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
