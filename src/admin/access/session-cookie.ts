/**
 * The cookie that holds a session's token. Over TLS it carries the `__Host-` prefix, so that no other host and no plain
 * connection can set it; on plain loopback browsers would refuse that prefix.
 */
export interface CookieWish {
  readonly isSecure: boolean
}

/** Names the cookie. */
export function cookieName({ isSecure }: CookieWish): string {
  return isSecure ? '__Host-vedette-session' : 'vedette-session'
}

/** Finds the token among the cookies of a request. */
export function tokenIn(cookies: string | undefined, wish: CookieWish): string | undefined {
  const prefix = `${cookieName(wish)}=`
  const found = (cookies ?? '').split(';').map((cookie) => cookie.trim())
  return found.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length)
}

/** Writes the cookie; an empty token takes it away. */
export function cookieFor(token: string, wish: CookieWish): string {
  const end = token === '' ? '; Max-Age=0' : ''
  return `${cookieName(wish)}=${token}; Path=/; HttpOnly; SameSite=Strict${wish.isSecure ? '; Secure' : ''}${end}`
}
