import type crypto from 'node:crypto'
import { describeCertificate } from '../certificate/describe-certificate.ts'
import { anchorWarnings, dayOf, describeKey } from './anchor-warnings.ts'
import type { StoreSource } from './read-store.ts'

/** One certificate of a store, as it is shown and as `--json` prints it. */
export interface Anchor {
  readonly subject: string
  readonly issuer: string
  readonly sha256: string
  readonly notBefore: string
  readonly notAfter: string
  readonly key: string
  readonly warnings: readonly string[]
  /** Where it was found; every file that holds it. */
  readonly files: readonly string[]
}

/** Describes the certificates of a store, each once, by their subjects. */
export function describeAnchors(sources: readonly StoreSource[], nowMs: number): Anchor[] {
  const anchors = new Map<string, Anchor>()
  for (const { file, certificates } of sources) {
    for (const certificate of certificates) {
      const anchor = anchorOf(certificate, { file, nowMs })
      const files = [...(anchors.get(anchor.sha256)?.files ?? []), ...anchor.files]
      anchors.set(anchor.sha256, { ...anchor, files: [...new Set(files)] })
    }
  }
  return [...anchors.values()].sort((one, other) => (one.subject < other.subject ? -1 : 1))
}

function anchorOf(certificate: crypto.X509Certificate, { file, nowMs }: { file: string; nowMs: number }): Anchor {
  const record = describeCertificate(certificate)
  return {
    subject: record.subject,
    issuer: record.issuer,
    sha256: record.sha256,
    notBefore: dayOf(record.notBeforeMs),
    notAfter: dayOf(record.notAfterMs),
    key: describeKey(record.key),
    warnings: anchorWarnings(record, nowMs),
    files: [file],
  }
}
