/**
 * What a backup adds to the trust stores there are. It only ever adds: whom an instance began to trust since then is for
 * somebody to take out by name, and is told.
 */
import type crypto from 'node:crypto'
import { asSidecarError, SidecarError } from '../errors.ts'
import { addToStore, folderForAddition, takeBack } from '../truststore/change-store.ts'
import { readStore, type StorePlace } from '../truststore/read-store.ts'
import { findStoreFiles } from '../truststore/store-files.ts'
import type { StoreInBackup } from './read-backup.ts'

/** One store of a backup beside the one of its name that is there. */
export interface StoreChange {
  readonly name: string
  /** Would be newly trusted. */
  readonly fresh: readonly crypto.X509Certificate[]
  readonly known: number
  /** Are there, are not in the backup, and stay. */
  readonly beside: number
  /** Why nothing can be added; empty where it can. */
  readonly problem: string
}

/** Holds the stores of a backup against those that are there; changes nothing. */
export async function compareStores(stores: readonly StoreInBackup[], place: StorePlace): Promise<StoreChange[]> {
  const changes: StoreChange[] = []
  for (const store of stores) changes.push(await compareStore(store, place))
  return changes
}

/** Adds what is missing; gives what takes all of it back. Nothing is added where one store cannot take its part. */
export async function addStores(changes: readonly StoreChange[], place: StorePlace): Promise<() => Promise<void>> {
  const wanted = changes.filter(({ fresh }) => fresh.length > 0)
  const stuck = wanted.find(({ problem }) => problem !== '')
  if (stuck !== undefined) throw new SidecarError('OPERATOR_CONFLICT', stuck.problem)
  const files: string[] = []
  const undo = () => takeBack(files)
  try {
    for (const { name, fresh } of wanted) {
      const { folder } = await folderForAddition(place.folder, name)
      files.push(...(await addToStore(folder, fresh)))
    }
  } catch (thrown) {
    await undo()
    throw thrown
  }
  return undo
}

async function compareStore({ name, certificates }: StoreInBackup, place: StorePlace): Promise<StoreChange> {
  const there = await certificatesThere(name, place)
  const has = (list: readonly crypto.X509Certificate[], one: crypto.X509Certificate) =>
    list.some(({ fingerprint256 }) => fingerprint256 === one.fingerprint256)
  const fresh = certificates.filter((each) => !has(there.certificates, each))
  return {
    ...{ name, fresh, known: certificates.length - fresh.length, problem: fresh.length === 0 ? '' : there.problem },
    beside: there.certificates.filter((each) => !has(certificates, each)).length,
  }
}

interface There {
  readonly certificates: readonly crypto.X509Certificate[]
  readonly problem: string
}

async function certificatesThere(name: string, place: StorePlace): Promise<There> {
  try {
    await folderForAddition(place.folder, name)
  } catch (thrown) {
    const { sources } = await readStore(name, place)
    return { certificates: sources.flatMap((source) => source.certificates), problem: asSidecarError(thrown).message }
  }
  const { files } = await findStoreFiles(place.folder, name)
  if (files.length === 0) return { certificates: [], problem: '' }
  const { sources, wrong } = await readStore(name, place)
  const problem = wrong.map(({ message }) => message).join('; ')
  return { certificates: sources.flatMap((source) => source.certificates), problem }
}
