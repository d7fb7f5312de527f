import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { settingsJsonSchema, settingsSchema } from '../../src/settings/schema.ts'
import { settingPaths } from '../../src/settings/setting-table.ts'

test('policies/settings.schema.json is what the schema says now', () => {
  const file = join(import.meta.dirname, '../../policies/settings.schema.json')
  const shipped: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const hint = 'make it again: npm run -s vedette -- schema settings > policies/settings.schema.json'
  assert.deepEqual(shipped, JSON.parse(JSON.stringify(settingsJsonSchema())), hint)
})

test('the table of settings and the schema know the same keys', () => {
  const inSchema: string[] = []
  const walk = (node: Record<string, unknown>, path: readonly string[]) => {
    const properties = node.properties as Record<string, Record<string, unknown>> | undefined
    if (properties === undefined) inSchema.push(path.join('.'))
    for (const [name, inner] of Object.entries(properties ?? {})) walk(inner, [...path, name])
  }
  walk(settingsJsonSchema(), [])
  const outsideTheTable = ['apiVersion', 'kind', 'services']
  assert.deepEqual(inSchema.toSorted(), [...settingPaths, ...outsideTheTable].toSorted())
})

test('every default is a value the schema takes', () => {
  const document: Record<string, unknown> = {}
  const properties = settingsJsonSchema().properties as Record<
    string,
    { default?: unknown; properties?: Record<string, { default?: unknown }> }
  >
  for (const [name, node] of Object.entries(properties)) {
    if (node.default !== undefined) document[name] = node.default
    if (node.properties === undefined) continue
    document[name] = Object.fromEntries(Object.entries(node.properties).map(([key, inner]) => [key, inner.default]))
  }
  assert.equal(settingsSchema.safeParse(document).error, undefined)
})
