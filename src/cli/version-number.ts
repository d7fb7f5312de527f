import { SidecarError } from '../errors.ts'

/** Reads the number of a version. */
export function parseVersion(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new SidecarError('OPERATOR_USAGE', `expected the number of a version, found ${JSON.stringify(text)}`)
}
