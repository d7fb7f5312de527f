/**
 * The environment, read once and in one place. It travels as plain data from here on, so that what a process does is
 * decided by what it was given and a test can give it anything.
 */

import { noProxyVariables, ownProxyVariables } from './own-proxy.ts'
import { systemdVariables } from './systemd.ts'

/** The variables this product minds, and no others: nothing else of the environment can leak from here. */
export type Environment = Readonly<Record<string, string>>

/** Reads the variables of this process. */
export function readEnvironment(): Environment {
  return pickEnvironment(process.env)
}

/** Picks the variables that concern us: ours, and those that every program honours, about colour and proxies. */
export function pickEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const ours = Object.entries(variables).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      (entry[0].startsWith('VEDETTE_') || colorVariables.has(entry[0]) || proxyVariables.has(entry[0])),
  )
  return Object.fromEntries(ours)
}

/**
 * Makes the environment of a process that we start: our own, with what is added where it says nothing, and without what
 * systemd means for us alone.
 */
export function environmentOfChild(added: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !systemdVariables.includes(name))
  return { ...added, ...Object.fromEntries(own) }
}

/** Tells whether somebody has said which authorities Node is to use: a process that is told twice does not start. */
export function namesAuthorities(
  flags: readonly string[],
  { NODE_OPTIONS = '', NODE_USE_SYSTEM_CA }: NodeJS.ProcessEnv = process.env,
): boolean {
  const isNamed = /--use[-_](?:openssl|system|bundled)[-_]ca/.test([...flags, NODE_OPTIONS].join(' '))
  return isNamed || NODE_USE_SYSTEM_CA !== undefined
}

/** Tells whether to colour: NO_COLOR forbids, FORCE_COLOR asks for it, else it depends on the terminal. */
export function wantsColor(environment: Environment, isTerminal: boolean): boolean {
  if (environment.NO_COLOR) return false
  if (environment.FORCE_COLOR !== undefined)
    return environment.FORCE_COLOR !== '0' && environment.FORCE_COLOR !== 'false'
  return isTerminal
}

const proxyVariables: ReadonlySet<string> = new Set([...ownProxyVariables, ...noProxyVariables])
const colorVariables: ReadonlySet<string> = new Set(['NO_COLOR', 'FORCE_COLOR'])
