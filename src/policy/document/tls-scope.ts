/** Where TLS settings stand in a document, and how what is wrong with them is told. */
import type { Path, Severity } from './problem.ts'
import type { TlsEntry } from './schema.ts'

/** Tells what is wrong or doubtful at a path: how a check speaks without stopping the others. */
export type Note = (severity: Severity, path: Path, message: string, needs?: readonly Path[]) => void

/** Where the settings stand, and where to say what is wrong with them. */
export interface TlsScope {
  readonly path: Path
  readonly note: Note
  /** What this very place says, apart from what it inherits: only that is worth a warning here. */
  readonly said: TlsEntry
}

/**
 * Makes the scope of the TLS settings of `owner`. Lists, protocols and the choice of a set depend on each other, so no
 * remark on one is made while another, here or where it inherits from, is faulty.
 */
export function tlsScope(said: TlsEntry, owner: Path, note: Note): TlsScope {
  const path = [...owner, 'tls']
  const needs = [path, ...(choosesOwnSet(said) ? [] : [['spec', 'tls']])]
  return { path, said, note: (severity, place, message) => note(severity, place, message, needs) }
}

/** Tells whether an entry chooses its own lists or set; one that does inherits neither. */
export function choosesOwnSet({ configuration, profile }: TlsEntry): boolean {
  return configuration !== undefined || profile !== undefined
}
