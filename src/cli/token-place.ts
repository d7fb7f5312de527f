import { SidecarError } from '../errors.ts'
import type { ServiceTokens } from '../settings/service.ts'
import { lookOptionsFrom, type SettingOptions } from './setting-options.ts'

/** The service that tokens are for, and where what belongs to them lies. */
export interface TokenPlace {
  readonly service: string
  readonly tokens: ServiceTokens
  readonly identities: string
  readonly state: string
}

/** Finds the service that is meant: the one named, or the only one that takes tokens. Throws OPERATOR_USAGE. */
export async function tokenPlaceFrom(options: SettingOptions): Promise<TokenPlace> {
  const { loadSettings } = await import('../settings/load-settings.ts')
  const { services, identities, state } = loadSettings(lookOptionsFrom(options)).settings
  const taking = services.flatMap(({ name, tokens }) => (tokens === undefined ? [] : [{ service: name, tokens }]))
  const meant = taking.filter(({ service }) => options.service === undefined || service === options.service)
  const [found, ...others] = meant
  if (found !== undefined && others.length === 0) return { ...found, identities, state }
  const names = taking.map(({ service }) => service).join(', ')
  const message =
    found !== undefined
      ? `several services take tokens: say --service with one of ${names}`
      : taking.length === 0
        ? 'no service of the settings takes tokens: docs/tokens.md says how'
        : `${JSON.stringify(options.service)} is no service that takes tokens: there is ${names}`
  throw new SidecarError('OPERATOR_USAGE', message)
}
