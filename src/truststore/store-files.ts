/** Which files make up a trust store: those of the folder of its name, or the one file that carries its name. */
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { SidecarError } from '../errors.ts'

/** Names that are never folders. */
export const builtInStores: readonly string[] = ['bundled', 'system']

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
/** BKS is read only to say that it cannot be used: what is left out in silence looks like a broken backend. */
const ENDING = /\.(pem|crt|cer|der|p7b|p7c|p12|pfx|pkcs12|jks|jceks|bks|keystore|truststore)$/i
/** What a JDK calls its own trust store, which has no ending. */
const JAVA_STORE = /^(jsse)?cacerts$/

/** The files of one store, in a fixed order, and the folder they share if the store is a folder. */
export interface StoreFiles {
  readonly folder: string | undefined
  readonly files: readonly string[]
}

/** Refuses a name that is no plain word: it comes from the policy or an operator, and becomes part of a path. */
export function assertStoreName(name: string): void {
  if (NAME.test(name)) return
  throw bad(`trust store ${JSON.stringify(name)}: a name is letters, digits, dot, dash, underscore`)
}

/** Finds the files of a store; throws OPERATOR_BAD_TRUST_STORE when there are none or it is not clear which. */
export async function storeFiles(folder: string, name: string): Promise<StoreFiles> {
  const found = await findStoreFiles(folder, name)
  if (found.files.length > 0) return found
  const store = path.join(folder, name)
  const put = 'put the certificates to trust in it, as .pem, .crt, .cer, .der, .p7b, .p12 or .jks files'
  if (found.folder === undefined) {
    const known = [...builtInStores, ...(await listStores(folder))]
    const message = `trust store folder ${store} does not exist (there are ${known.join(', ')}): make it and ${put}`
    throw new SidecarError('OPERATOR_BAD_TRUST_STORE', message, { details: { known } })
  }
  throw bad(`trust store folder ${store} holds no certificate: ${put}`)
}

/** Finds the files of a store that may not be there yet; throws only when it is not clear which they are. */
export async function findStoreFiles(folder: string, name: string): Promise<StoreFiles> {
  assertStoreName(name)
  const beside = (await entriesOf(folder)) ?? []
  const single = beside.filter((entry) => !entry.isFolder && isStoreFile(entry.name) && isNamed(entry.name, name))
  const store = path.join(folder, name)
  const within = single.some((entry) => entry.name === name) ? undefined : await entriesOf(store)
  const [first, ...others] = single.map((entry) => path.join(folder, entry.name))
  if (first !== undefined && (others.length > 0 || within !== undefined)) {
    // Taking one and leaving the other would trust less, or more, than somebody believes.
    const all = [...(within ? [`${store}/`] : []), first, ...others].join(', ')
    throw bad(`trust store ${name} is there more than once (${all}): put all of it into the folder ${store}`)
  }
  if (first !== undefined) return { folder: undefined, files: [first] }
  const files = (within ?? []).map((entry) => entry.name).filter(isStoreFile)
  return { folder: within && store, files: files.sort().map((each) => path.join(store, each)) }
}

/** Tells whether there is any file of a store, good or bad. */
export async function isStoreThere(folder: string, name: string): Promise<boolean> {
  const found = await findStoreFiles(folder, name).catch(() => undefined)
  return found === undefined || found.files.length > 0
}

/** Lists the stores under a folder by name; one that cannot be read is listed all the same. */
export async function listStores(folder: string): Promise<string[]> {
  const entries = (await entriesOf(folder)) ?? []
  const names = entries.flatMap((entry) => {
    if (entry.isFolder) return [entry.name]
    return isStoreFile(entry.name) ? [entry.name.replace(ENDING, '')] : []
  })
  return [...new Set(names)].filter((name) => NAME.test(name)).sort()
}

function isStoreFile(name: string): boolean {
  // Dot-files are the inner works of a ConfigMap mount (`..data`): its certificates are linked beside them.
  return !name.startsWith('.') && (ENDING.test(name) || JAVA_STORE.test(name))
}

/** A single file is the store of its name; it may be asked for with its ending too. */
function isNamed(file: string, store: string): boolean {
  return file === store || file.replace(ENDING, '') === store
}

interface Entry {
  readonly name: string
  readonly isFolder: boolean
}

async function entriesOf(folder: string): Promise<Entry[] | undefined> {
  try {
    const found = await readdir(folder, { withFileTypes: true })
    return await Promise.all(
      found.map(async (entry) => ({
        name: entry.name,
        isFolder: entry.isSymbolicLink() ? await leadsToFolder(path.join(folder, entry.name)) : entry.isDirectory(),
      })),
    )
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw bad(`trust store folder ${folder} cannot be read: ${code}`, cause)
  }
}

/** A link that leads nowhere counts as a file: reading it then says what is wrong. */
async function leadsToFolder(link: string): Promise<boolean> {
  return await stat(link).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

function bad(message: string, cause?: unknown): SidecarError {
  return new SidecarError('OPERATOR_BAD_TRUST_STORE', message, { cause })
}
