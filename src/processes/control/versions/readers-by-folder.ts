import type { Environment } from '../../../settings/environment.ts'
import type { Settings } from '../../../settings/settings.ts'
import { TrustStoreReader } from '../../../truststore/trust-store-reader.ts'
import type { Readers } from './compose-snapshot.ts'
import { IdentityReader } from './identity-reader.ts'

/** The readers of the control process: the same ones for the same folders, so that they remember the last good reading. */
export class ReadersByFolder {
  readonly #environment: Environment
  readonly #readers = new Map<string, Readers>()

  constructor(environment: Environment) {
    this.#environment = environment
  }

  /** Gives the readers for the folders that these settings name. */
  in({ truststores, identities }: Settings): Readers {
    const key = JSON.stringify([truststores, identities])
    const readers = this.#readers.get(key) ?? {
      trust: new TrustStoreReader(truststores, this.#environment),
      identities: new IdentityReader(identities),
    }
    this.#readers.set(key, readers)
    return readers
  }
}
