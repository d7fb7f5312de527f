/** The environment variables of ours, by name alone: what stands in them is judged where settings are loaded. */
import type { Environment } from './environment.ts'
import { guardedEntrances } from './listening.ts'
import { settingPaths, variableOf } from './setting-table.ts'
import { configVariable } from './settings-file.ts'

/** Begins the name of each. */
export const variablePrefix = 'VEDETTE_'

/** Names the variable that allows an entrance to leave loopback. */
export function unsafeVariable(entrance: string): string {
  return `${variablePrefix}UNSAFE_${entrance.toUpperCase()}_LISTEN`
}

/** Variables of ours that are no settings. */
export const otherVariables: ReadonlySet<string> = new Set([configVariable, ...guardedEntrances.map(unsafeVariable)])

/** Names the variables that look like ours and are none: as a mistyped key, they are mistakes. */
export function unknownVariables(environment: Environment): string[] {
  const settings = new Set(settingPaths.map(variableOf))
  return Object.keys(environment).filter(
    (name) =>
      name.startsWith(variablePrefix) &&
      !settings.has(name) &&
      !otherVariables.has(name) &&
      !serviceLink.test(name) &&
      !name.startsWith(trustPasswordVariable),
  )
}

/** Begins the variables in which the passwords of trust stores may stand; a file beside the store names the one. */
export const trustPasswordVariable = 'VEDETTE_TRUST_PASSWORD'

/**
 * What Kubernetes puts into every container for a Service named `vedette` or `vedette-…`. Nobody typed those, and no
 * setting ends like them.
 */
const serviceLink = /_(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)$/
