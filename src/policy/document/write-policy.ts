import { stringify } from 'yaml'
import type * as z from 'zod'
import type { policySchema } from './schema.ts'

/** A policy document as it is written, before defaults are filled in. */
export type PolicyInput = z.input<typeof policySchema>

/** Writes a policy document as YAML with the kind on top. It is for whoever wrote it to see that it parses. */
export function writePolicy(document: Omit<PolicyInput, 'apiVersion' | 'kind'>): string {
  return writeDocument({ apiVersion: 'vedette/v1', kind: 'OutgoingTlsPolicy', ...document })
}

/** Writes any document of ours as YAML. */
export function writeDocument(document: Readonly<Record<string, unknown>>): string {
  // Documents have no aliases: what stands in two places is written out twice.
  return stringify(document, { lineWidth: 120, aliasDuplicateObjects: false })
}
