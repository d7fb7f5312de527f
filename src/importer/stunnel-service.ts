/** A client service of stunnel as a service of ours: where callers come in, which backends they get, and how TLS begins. */
import { SidecarError } from '../errors.ts'
import { parseAuthority } from '../policy/parse-destination.ts'
import type { ImportContext } from './importer.ts'
import type { Assignment } from './read-lines.ts'
import type { ServiceInput } from './services.ts'
import type { StunnelService } from './stunnel-sections.ts'

/** Writes the service for the backends that its rule matches; undefined, and told, where there can be none. */
export function serviceAsStunnel(
  { name, settings }: StunnelService,
  backends: readonly string[],
  context: ImportContext,
): ServiceInput | undefined {
  const said = (key: string) => settings.get(key)?.at(-1)
  const [accept, protocol] = [said('accept'), said('protocol')]
  if (accept === undefined) return undefined
  const starttls = starttlsOf(protocol, context)
  const address = starttls === 'none' ? undefined : acceptOf(accept, context)
  const connect = backends.filter(isDialable).map((each) => `tls://${each}`)
  if (address === undefined || starttls === 'none' || connect.length === 0) {
    context.tell(
      accept.at,
      'changed',
      'a rule for its backend was written, and no service: it is to be written by hand',
    )
    return undefined
  }
  const [first = ''] = connect
  const timeouts = timeoutsOf(settings, context)
  return {
    name: context.names.service(name),
    accept: address,
    connect: connect.length === 1 ? first : connect,
    ...failoverOf(said('failover'), context),
    ...(starttls === undefined ? {} : { starttls }),
    ...(Object.keys(timeouts).length === 0 ? {} : { timeouts }),
  }
}

/** A rule may match what nobody can dial: a pattern, or a host on any port. */
function isDialable(backend: string): boolean {
  try {
    return /:\d+$/.test(backend) && parseAuthority(backend).port > 0
  } catch (error) {
    if (error instanceof SidecarError) return false
    throw error
  }
}

/** Without a host stunnel listens everywhere; ours stays on this machine until somebody says otherwise. */
function acceptOf({ value, at }: Assignment, { tell }: ImportContext): string | undefined {
  if (value.startsWith('/')) {
    if (Buffer.byteLength(value) > socketPathBytes) return undefined
    tell(at, 'taken', `the service accepts on the socket file ${value}`)
    return `unix:${value}`
  }
  const [, host = '', port = ''] = /^(?:(.*):)?(\d+)$/.exec(value) ?? []
  if (port === '' || Number(port) > 65_535) return undefined
  const isIpv6 = host.includes(':')
  const address = `${isIpv6 ? '[::1]' : '127.0.0.1'}:${port}`
  const isSame = /^(localhost|127\.0\.0\.1|\[?::1\]?)$/i.test(host)
  const wider = 'stunnel listens to other machines as well; ours does with --unsafe-services-listen and that address'
  tell(at, isSame ? 'taken' : 'changed', `the service accepts on ${address}${isSame ? '' : `: ${wider}`}`)
  return address
}

/** What sun_path holds on every system. */
const socketPathBytes = 103

function starttlsOf(said: Assignment | undefined, { tell }: ImportContext): ServiceInput['starttls'] | 'none' {
  if (said === undefined) return undefined
  const name = said.value.toLowerCase()
  const starttls = spoken.find((each) => each === name)
  if (starttls === undefined) return 'none'
  tell(said.at, 'taken', `the service asks for TLS in the words of ${name}`)
  return starttls
}

const spoken = ['smtp', 'imap', 'pop3', 'ldap', 'pgsql', 'nntp'] as const

function failoverOf(said: Assignment | undefined, { tell }: ImportContext): Pick<ServiceInput, 'failover'> {
  if (said === undefined) return {}
  const isRound = said.value.toLowerCase() === 'rr'
  tell(said.at, 'taken', isRound ? 'the backends take turns' : 'the first backend that can be reached is taken')
  return isRound ? { failover: 'roundRobin' } : {}
}

function timeoutsOf(
  settings: StunnelService['settings'],
  { tell }: ImportContext,
): NonNullable<ServiceInput['timeouts']> {
  return Object.fromEntries(
    Object.entries({ connect: 'timeoutconnect', idle: 'timeoutidle' }).flatMap(([name, key]) => {
      const said = settings.get(key)?.at(-1)
      if (said === undefined || !/^[1-9]\d{0,5}$/.test(said.value)) return []
      tell(said.at, 'taken', `timeouts.${name} of the service: ${said.value}s`)
      return [[name, `${said.value}s`]]
    }),
  )
}
