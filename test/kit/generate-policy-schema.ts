/** Writes policies/policy.schema.json, which editors read: `node test/kit/generate-policy-schema.ts`. */
import { writeFileSync } from 'node:fs'
import { policyJsonSchema } from '../../src/policy/document/json-schema.ts'

const target = new URL('../../policies/policy.schema.json', import.meta.url)
writeFileSync(target, `${JSON.stringify(policyJsonSchema(), null, 2)}\n`)
