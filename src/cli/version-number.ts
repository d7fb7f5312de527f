import { SidecarError } from '../errors.ts'

/** Reads the number of a version, or another one that counts from 1; `name` is the option or command it was given to. */
export function parseVersion(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  const what = counts.includes(name) ? 'a number from 1 on' : 'the number of a version'
  throw new SidecarError('OPERATOR_USAGE', `${name} expects ${what}, found ${JSON.stringify(text)}`)
}

const counts = ['--limit', '--ending-within']
