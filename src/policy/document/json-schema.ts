import * as z from 'zod'
import { policySchema } from './schema.ts'

/**
 * Gives the JSON Schema of the policy document, for editors: the first line of every shipped policy names it. It is
 * made from the schema that `parsePolicy` uses, so it cannot say something else; it only says less, because checks that
 * are functions (names of suites, destinations) have no JSON Schema. Draft 7, which YAML editors know best.
 */
export function policyJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(policySchema, { io: 'input', target: 'draft-7' })
  return { ...schema, title: 'Vedette: outgoing TLS policy' }
}
