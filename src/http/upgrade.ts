import { isToken, trimSpaces } from './connection-options.ts'
import { UPGRADE } from './field-kind.ts'
import { type FieldLines, hasKind } from './field-lines.ts'
import { refuse } from './syntax-error.ts'

/** Gives the Upgrade that a message announces: one that Connection names too, in HTTP/1.1. */
export function announcedUpgrade(lines: FieldLines, minor: 0 | 1): string | undefined {
  if (!hasKind(lines, UPGRADE) || minor === 0 || !lines.connectionOptions.includes('upgrade')) return undefined
  for (const protocol of lines.upgrade.split(',')) {
    const [name = '', version, more] = trimSpaces(protocol).split('/')
    if (!isToken(name) || (version !== undefined && !isToken(version)) || more !== undefined) refuse('bad-upgrade')
  }
  return lines.upgrade
}
