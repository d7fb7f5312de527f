import type crypto from 'node:crypto'
import tls from 'node:tls'
import { asSidecarError, type SidecarError } from '../errors.ts'
import { parseBundle } from './parse-bundle.ts'
import { readCertificates } from './read-certificates.ts'
import { readLimited } from './read-limited.ts'
import { readPassword } from './read-password.ts'
import { type StoreFiles, storeFiles } from './store-files.ts'
import { systemCertificates } from './system-certificates.ts'

/** Where stores lie, and the environment in which a password may stand. */
export interface StorePlace {
  readonly folder: string
  readonly environment?: Readonly<Record<string, string>> | undefined
}

/** One store as it lies there: what each file gives, and everything wrong with it. */
export interface StoreReading {
  readonly sources: readonly StoreSource[]
  readonly wrong: readonly SidecarError[]
}

export interface StoreSource {
  /** The path of the file; the name of the store for a built-in one. */
  readonly file: string
  readonly certificates: readonly crypto.X509Certificate[]
}

/** Reads one store, file by file; nothing is thrown, what is wrong is told. */
export async function readStore(name: string, place: StorePlace): Promise<StoreReading> {
  try {
    if (name === 'bundled') return { sources: [{ file: name, certificates: bundled() }], wrong: [] }
    if (name === 'system') return { sources: [{ file: name, certificates: await systemCertificates() }], wrong: [] }
    return await readFiles(await storeFiles(place.folder, name), place)
  } catch (thrown) {
    return { sources: [], wrong: [asSidecarError(thrown)] }
  }
}

let bundledOnce: crypto.X509Certificate[] | undefined

/** Mozilla's list as it came with this Node; it cannot change while the process lives. */
function bundled(): crypto.X509Certificate[] {
  bundledOnce ??= parseBundle(tls.getCACertificates('bundled').join('\n'))
  return bundledOnce
}

/** One file after the other, so that there is never more than one child process. */
async function readFiles({ folder, files }: StoreFiles, { environment = {} }: StorePlace): Promise<StoreReading> {
  const sources: StoreSource[] = []
  const wrong: SidecarError[] = []
  for (const file of files) {
    try {
      const password = () => readPassword({ file, folder, environment })
      sources.push({ file, certificates: await readCertificates(file, await readLimited(file), password) })
    } catch (thrown) {
      wrong.push(asSidecarError(thrown))
    }
  }
  return { sources, wrong }
}
