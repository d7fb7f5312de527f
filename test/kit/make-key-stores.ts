/**
 * Key stores and PKCS#7 files as the programs that people use write them: keytool, openssl, certutil and pk12util. All of them
 * hold the same authorities; those that hold a key are there to be refused.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { needTools } from '../../bench/rig/tools.ts'
import { type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import type { ContainerFormat } from '../../src/certificate/parse-container.ts'

export interface KeyStore {
  /** Who wrote it, and how. */
  readonly name: string
  readonly format: ContainerFormat
  readonly bytes: Buffer
  readonly password: string | undefined
}

export interface KeyStores {
  readonly authorities: readonly MadeCertificate[]
  /** Each holds exactly the authorities. */
  readonly good: readonly KeyStore[]
  /** Each holds a private or secret key, called `treasure`. */
  readonly keyed: readonly KeyStore[]
  /** The authorities as certutil prints them from an NSS database. */
  readonly nssPem: string
}

export const plainPassword = 'correct horse'
/** Two bytes, three bytes and, for a Java char and UTF-16 alike, a pair of surrogates. */
export const wildPassword = 'pässwörd-€-🔑'

const run = promisify(execFile)

/** Writes all of them anew; takes some seconds, most of them Java's. */
export async function makeKeyStores(): Promise<KeyStores> {
  await needTools(['openssl', 'keytool', 'certutil', 'pk12util'])
  const folder = await mkdtemp(path.join(os.tmpdir(), 'vedette-key-stores-'))
  try {
    const authorities = await Promise.all(
      ['One', 'Two', 'Three'].map((name) => makeCertificate({ subject: `Key Store CA ${name}`, ca: true })),
    )
    const kit = new Kit(folder, authorities)
    await kit.prepare()
    const [openssl, java, nss] = await Promise.all([kit.openssl(), kit.java(), kit.nss()])
    const good = [...openssl.good, ...java.good]
    return { authorities, good, keyed: [...openssl.keyed, ...java.keyed, nss.keyed], nssPem: nss.pem }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Waits for both at once: a list that is waited for later would leave its failure to nobody. */
async function both(good: readonly Promise<KeyStore>[], keyed: readonly Promise<KeyStore>[]) {
  const [one, other] = await Promise.all([Promise.all(good), Promise.all(keyed)])
  return { good: one, keyed: other }
}

class Kit {
  readonly #folder: string
  readonly #authorities: readonly MadeCertificate[]

  constructor(folder: string, authorities: readonly MadeCertificate[]) {
    this.#folder = folder
    this.#authorities = authorities
  }

  async prepare(): Promise<void> {
    const all = this.#authorities
    await writeFile(this.#path('all.pem'), all.map(({ certificate }) => certificate).join(''))
    await Promise.all(all.map(({ certificate }, index) => writeFile(this.#path(`${index}.pem`), certificate)))
    await writeFile(this.#path('key.pem'), all[0]?.key ?? '')
  }

  async openssl(): Promise<{ good: KeyStore[]; keyed: KeyStore[] }> {
    const pkcs7 = ['crl2pkcs7', '-nocrl', '-certfile', 'all.pem', '-outform', 'DER', '-out']
    const p12 = ['pkcs12', '-export', '-nokeys', '-in', 'all.pem']
    const withKey = ['pkcs12', '-export', '-in', '0.pem', '-inkey', 'key.pem', '-name', 'treasure']
    const [plain, wild] = [plainPassword, wildPassword]
    const good = [
      this.#openssl('openssl crl2pkcs7', 'pkcs7', pkcs7, undefined),
      this.#openssl('openssl pkcs12', 'pkcs12', p12, plain),
      this.#openssl('openssl pkcs12 with a wild password', 'pkcs12', p12, wild),
      this.#openssl('openssl pkcs12 with an empty password', 'pkcs12', p12, ''),
      this.#openssl('openssl pkcs12 -macalg sha512', 'pkcs12', [...p12, '-macalg', 'sha512'], plain),
      // Left to itself, openssl encrypts nothing when it writes no MAC.
      this.#openssl('openssl pkcs12 -nomac', 'pkcs12', [...p12, '-nomac'], undefined),
      this.#openssl('openssl pkcs12 -certpbe NONE', 'pkcs12', [...p12, '-certpbe', 'NONE'], plain),
      this.#openssl('openssl pkcs12 -certpbe aes-128-cbc', 'pkcs12', [...p12, '-certpbe', 'aes-128-cbc'], plain),
      this.#openssl('openssl pkcs12 -legacy (RC2-40)', 'pkcs12', [...p12, '-legacy'], plain),
      this.#openssl('openssl pkcs12 -legacy with a wild password', 'pkcs12', [...p12, '-legacy'], wild),
      ...['PBE-SHA1-3DES', 'PBE-SHA1-2DES', 'PBE-SHA1-RC2-128'].map((pbe) =>
        this.#openssl(`openssl pkcs12 -legacy ${pbe}`, 'pkcs12', [...p12, '-legacy', '-certpbe', pbe], plain),
      ),
    ]
    const keyed = [
      this.#openssl('openssl pkcs12 with a key', 'pkcs12', withKey, plain),
      this.#openssl('openssl pkcs12 -keypbe NONE', 'pkcs12', [...withKey, '-keypbe', 'NONE'], plain),
    ]
    return both(good, keyed)
  }

  async java(): Promise<{ good: KeyStore[]; keyed: KeyStore[] }> {
    const [plain, wild] = [plainPassword, wildPassword]
    const kinds = [
      { type: 'JKS', password: plain },
      { type: 'JKS', password: wild },
      { type: 'JCEKS', password: plain },
      { type: 'PKCS12', password: plain },
      { type: 'PKCS12', password: 'changeit' },
    ]
    const good = kinds.map(({ type, password }) => this.#imported(type, password))
    const pair = ['-genkeypair', '-keyalg', 'EC', '-dname', 'CN=treasure']
    const secret = ['-genseckey', '-keyalg', 'AES', '-keysize', '128']
    const keyed = [
      this.#keyed('JKS', pair),
      this.#keyed('JCEKS', pair),
      this.#keyed('PKCS12', pair),
      this.#keyed('JCEKS', secret),
    ]
    return both(good, keyed)
  }

  /** NSS exports nothing without its key, so its file is one to be refused; it is written in indefinite lengths. */
  async nss(): Promise<{ keyed: KeyStore; pem: string }> {
    const database = `sql:${this.#folder}`
    await this.#run('certutil', ['-N', '-d', database, '--empty-password'])
    const pem: string[] = []
    for (const index of this.#authorities.keys()) {
      await this.#run('certutil', ['-A', '-d', database, '-n', `ca${index}`, '-t', 'C,,', '-i', `${index}.pem`])
      pem.push((await this.#run('certutil', ['-L', '-a', '-d', database, '-n', `ca${index}`])).stdout)
    }
    const args = ['-inkey', 'key.pem', '-passout', 'pass:x', '-out', 'for-nss.p12']
    await this.#run('openssl', ['pkcs12', '-export', '-in', '0.pem', ...args])
    await this.#run('certutil', ['-D', '-d', database, '-n', 'ca0'])
    await this.#run('pk12util', ['-i', 'for-nss.p12', '-d', database, '-W', 'x', '-n', 'treasure'])
    const name = (await this.#run('certutil', ['-L', '-d', database])).stdout.match(/^(.+?) +\S*u,u,u/m)?.[1] ?? ''
    await this.#run('pk12util', ['-o', 'nss.p12', '-n', name, '-d', database, '-W', plainPassword])
    const bytes = await readFile(this.#path('nss.p12'))
    return { keyed: { name: 'pk12util', format: 'pkcs12', bytes, password: plainPassword }, pem: pem.join('') }
  }

  async #openssl(
    name: string,
    format: ContainerFormat,
    args: readonly string[],
    password: string | undefined,
  ): Promise<KeyStore> {
    const out = `${name}.out`.replaceAll(' ', '-')
    const end = format === 'pkcs7' ? [out] : ['-passout', `pass:${password ?? ''}`, '-out', out]
    await this.#run('openssl', [...args, ...end])
    return { name, format, bytes: await readFile(this.#path(out)), password }
  }

  async #imported(type: string, password: string): Promise<KeyStore> {
    const store = `${type}-${Buffer.from(password).toString('hex')}`
    for (const index of this.#authorities.keys()) {
      const args = ['-importcert', '-noprompt', '-alias', `ca${index}-ä`, '-file', `${index}.pem`]
      await this.#keytool(type, { store, password, args })
    }
    return this.#stored(`keytool ${type} with ${password === wildPassword ? 'a wild password' : password}`, {
      type,
      store,
      password,
    })
  }

  async #keyed(type: string, args: readonly string[]): Promise<KeyStore> {
    const store = `${type}${args[0]}`
    const password = plainPassword
    await this.#keytool(type, { store, password, args: [...args, '-alias', 'treasure', '-keypass', password] })
    return this.#stored(`keytool ${type} ${args[0]}`, { type, store, password })
  }

  async #stored(name: string, { type, store, password }: { type: string; store: string; password: string }) {
    const format = type.toLowerCase() as ContainerFormat
    return { name, format, bytes: await readFile(this.#path(store)), password }
  }

  async #keytool(
    type: string,
    { store, password, args }: { store: string; password: string; args: readonly string[] },
  ): Promise<void> {
    // Less of Java: one thread of compiler and of collector start it in half the time.
    const java = ['-J-XX:TieredStopAtLevel=1', '-J-XX:+UseSerialGC', '-J-Dfile.encoding=UTF-8']
    await this.#run('keytool', [...java, ...args, '-keystore', store, '-storetype', type, '-storepass', password])
  }

  async #run(command: string, args: readonly string[]) {
    const env = { PATH: `${process.env.PATH}`, LC_ALL: 'C.UTF-8', HOME: this.#folder }
    return run(command, [...args], { cwd: this.#folder, env, timeout: 60_000 })
  }

  #path(name: string): string {
    return path.join(this.#folder, name)
  }
}
