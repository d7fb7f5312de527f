import { SidecarError } from '../errors.ts'
import type { IssuingKey } from '../token/token-key.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { recordToken } from './record-token.ts'
import type { SettingOptions } from './setting-options.ts'
import type { Terminal } from './terminal.ts'
import { type TokenPlace, tokenPlaceFrom } from './token-place.ts'

interface IssueOptions extends SettingOptions {
  readonly to: string
  readonly for: string
  readonly ttl: string
  readonly once?: true
  /** Commander's way with `--no-name-check`. */
  readonly nameCheck: boolean
}

/** `vedette token issue`: the token goes to stdout, all else to stderr. */
export const defineTokenIssue: DefineCommand = (command, { terminal }) => {
  command
    .requiredOption('--to <host:port>', 'where it leads')
    .requiredOption('--for <subject>', 'who it is given to: the log names them')
    .option('--ttl <duration>', 'how long it holds, a day at most', '15m')
    .option('--once', 'it opens one tunnel')
    .option('--no-name-check', 'does not mind which server name the TLS inside asks for')
  addExamples(command, [
    'token issue --to host.corp.example:992 --for desk-7',
    'token issue --to host.corp.example:992 --for desk-7 --ttl 5m --once --json',
  ])
  command.action(async () => {
    const options = command.optsWithGlobals<IssueOptions>()
    const place = await tokenPlaceFrom(options)
    const wish = await wishFrom(options)
    const { issueToken } = await import('../token/issue-token.ts')
    const nowMs = Date.now()
    const key = await newestKey(place, { nowMs, terminal })
    const issued = await issueToken({ ...wish, audience: place.service }, { key, nowMs })
    const { service } = place
    const remarks = [wish.once ? 'once' : '', wish.innerNames === 'unchecked' ? 'names-unchecked' : ''].filter(Boolean)
    await recordToken(
      {
        ...{ done: 'issued', service, token: issued.id, holder: wish.subject, to: wish.to, untilMs: issued.expiresMs },
        ...(remarks.length > 0 && { remarks: remarks.join(', ') }),
      },
      place,
    )
    if (wish.innerNames === 'unchecked') {
      terminal.say('warning: the TLS inside may ask for any server name, and nobody holds it against the destination')
    }
    const until = new Date(issued.expiresMs).toISOString()
    if (options.json) return terminal.printJson({ ...issued, until, service, to: wish.to })
    terminal.say(`token ${issued.id} leads ${wish.subject} to ${wish.to} through ${service} until ${until}`)
    terminal.print(issued.token)
  })
}

async function wishFrom({ to, for: subject, ttl, once, nameCheck }: IssueOptions) {
  const { parseDuration } = await import('../policy/document/duration.ts')
  const { parseAuthority } = await import('../policy/parse-destination.ts')
  const { TTL_MAX_MS } = await import('../token/tunnel-token.ts')
  const ttlMs = parseDuration(ttl)
  if (ttlMs < 1000 || ttlMs > TTL_MAX_MS) throw new SidecarError('OPERATOR_USAGE', '--ttl: expected 1s to 24h')
  if (!SUBJECT.test(subject)) {
    throw new SidecarError('OPERATOR_USAGE', '--for: expected 1 to 128 letters, digits and any of . _ - @ / : +')
  }
  const innerNames = nameCheck ? ('checked' as const) : ('unchecked' as const)
  return { to: parseAuthority(to).authority, subject, ttlMs, once: once === true, innerNames }
}

const SUBJECT = /^[A-Za-z0-9._\-@/:+]{1,128}$/

async function newestKey(
  { identities, tokens, ...place }: TokenPlace,
  { nowMs, terminal }: { nowMs: number; terminal: Terminal },
): Promise<IssuingKey> {
  const { readKeys, rotateKeys } = await import('../token/key-folder.ts')
  const [newest] = await readKeys(identities, tokens.keys)
  if (newest !== undefined) return newest
  const { key } = await rotateKeys(identities, tokens.keys, { nowMs, overlapMs: 0 })
  await recordToken({ done: 'rotated', service: place.service, token: key.id }, place)
  terminal.say(`made the first key, ${key.id}: a running instance takes it within seconds`)
  return key
}
