/** The services an import finds, as entries of `services` in vedette.yaml: that room reads them, this one writes them. */
import { writeDocument } from '../policy/document/write-policy.ts'

/** One entry of `services`. */
export interface ServiceInput {
  readonly name: string
  /** `127.0.0.1:389`, or `unix:PATH`. */
  readonly accept: string
  readonly connect: string | readonly string[]
  readonly failover?: 'roundRobin'
  readonly starttls?: 'smtp' | 'imap' | 'pop3' | 'ldap' | 'pgsql' | 'nntp'
  readonly timeouts?: { readonly connect?: string; readonly idle?: string }
}

/** Writes vedette.yaml with these services and nothing else. */
export function writeServices(services: readonly ServiceInput[]): string {
  return writeDocument({ apiVersion: 'vedette/v1', kind: 'Settings', services })
}
