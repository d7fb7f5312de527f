/**
 * The layers above the file: flags and environment variables, each a path with one text. Their texts go through the
 * same schema as the file's values and fail with the same words.
 */

import type * as z from 'zod'
import { describeIssue } from '../policy/document/describe-issue.ts'
import { didYouMean } from '../policy/document/did-you-mean.ts'
import type { Problem } from '../policy/document/problem.ts'
import type { Environment } from './environment.ts'
import { settingsSchema } from './schema.ts'
import { flagOf, readSettingText, type SettingPath, settingPaths, variableOf } from './setting-table.ts'
import { otherVariables, unknownVariables, variablePrefix } from './variables.ts'

/** Values by path, each with the name it was given under. */
export interface Layer {
  readonly values: ReadonlyMap<SettingPath, { readonly value: unknown; readonly name: string }>
  readonly problems: readonly Problem[]
}

/** Reads the flags that were given. */
export function flagLayer(flags: Readonly<Partial<Record<SettingPath, string>>>): Layer {
  return readLayer('command line', new Map(settingPaths.map((path) => [flagOf(path), [path, flags[path]]])))
}

/** Reads the variables that name settings; a variable of ours that names none is a problem, as a mistyped key is. */
export function environmentLayer(environment: Environment): Layer {
  const named = new Map(settingPaths.map((path) => [variableOf(path), path]))
  const layer = readLayer('environment', new Map([...named].map(([name, path]) => [name, [path, environment[name]]])))
  const unknown = unknownVariables(environment).map((name) => unknownVariable(name, [...named.keys()]))
  return { ...layer, problems: [...layer.problems, ...unknown] }
}

/** Checks one value against the part of the schema at its path. */
export function parseSetting(path: SettingPath, value: unknown): z.ZodSafeParseResult<unknown> {
  return schemaAt(path).safeParse(value)
}

/** A problem of a layer has a name and no line. */
export function problemIn(source: string, name: string, message: string): Problem {
  return { file: source, line: 0, column: 0, path: name, message, severity: 'error' }
}

type Given = ReadonlyMap<string, readonly [path: SettingPath, text: string | undefined]>

function readLayer(source: string, given: Given): Layer {
  const values = new Map<SettingPath, { value: unknown; name: string }>()
  const problems: Problem[] = []
  for (const [name, [path, text]] of given) {
    if (text === undefined) continue
    const raw = readSettingText(path, text)
    const result = parseSetting(path, raw)
    if (result.success) values.set(path, { value: result.data, name })
    else {
      const remarks = result.error.issues.flatMap((issue) => describeIssue(issue, schemaAt(path), raw))
      problems.push(...remarks.map((remark) => problemIn(source, name, remark.message)))
    }
  }
  return { values, problems }
}

function unknownVariable(name: string, known: readonly string[]): Problem {
  // Compared without what all of them share, which would make everything look near.
  const bare = (one: string) => one.slice(variablePrefix.length)
  const meant = didYouMean(bare(name), [...known, ...otherVariables].map(bare)).replace(
    'mean ',
    `mean ${variablePrefix}`,
  )
  return problemIn('environment', name, `is not a known variable${meant}`)
}

function schemaAt(path: SettingPath): z.ZodType {
  let schema: unknown = settingsSchema
  for (const step of path.split('.')) {
    while (hasInner(schema)) schema = schema.unwrap()
    schema = (schema as { readonly shape: Readonly<Record<string, unknown>> }).shape[step]
  }
  while (hasInner(schema)) schema = schema.unwrap()
  return schema as z.ZodType
}

function hasInner(schema: unknown): schema is z.ZodOptional<z.ZodType> {
  return (schema as z.ZodType).def.type === 'optional'
}
