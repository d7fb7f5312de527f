/**
 * The one-time link to the first admin account. It goes to standard error, or to whoever may use the control socket, and
 * never into the log. Its token stands behind the `#`, so that no browser sends it to anybody: the page reads it there.
 */
import { makeSetupToken } from '../../admin/access/token.ts'
import { buildCommand, isPageBuilt } from '../../admin/built-page.ts'
import { SidecarError } from '../../errors.ts'
import type { History } from '../../history/open-history.ts'
import { replaceSetupToken } from '../../history/setup-token.ts'
import { hasAdmin } from '../../history/users.ts'

export interface SetupLink {
  readonly url: string
  readonly untilMs: number
}

/** Where the admin room can be reached: `http://127.0.0.1:9080`. */
export interface OpenAddress {
  readonly origin: string
}

export interface LinkWish extends OpenAddress {
  readonly history: History
  /** Also when there is an admin, who may have forgotten the password. */
  readonly recover?: boolean
}

/** Makes a link, in place of any before it; throws OPERATOR_CONFLICT when there is an admin already. */
export function makeSetupLink({ history, origin, recover = false }: LinkWish): SetupLink {
  if (hasAdmin(history) && !recover) {
    throw new SidecarError('OPERATOR_CONFLICT', 'there is an admin already; --recover makes a link for another one')
  }
  const { token, hash } = makeSetupToken()
  const untilMs = Date.now() + VALID_MS
  replaceSetupToken(history, { hash, untilMs })
  return { url: `${origin}/setup#token=${token}`, untilMs }
}

/** Says the link where the one who starts the instance sees it; nothing once there is an admin. */
export function saySetupLink(wish: LinkWish): void {
  if (hasAdmin(wish.history)) return
  const { url } = makeSetupLink(wish)
  process.stderr.write(
    `${missingPage()}System Manager: make the first account with this link, once, within a day:\n  ${url}\n`,
  )
}

/** A link to a page that is not there would end at a text. */
function missingPage(): string {
  return isPageBuilt()
    ? ''
    : `System Manager: its page is not part of this installation, this makes it:\n  ${buildCommand}\n`
}

const VALID_MS = 86_400_000
