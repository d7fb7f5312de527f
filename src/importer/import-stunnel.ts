/**
 * stunnel.conf: one service and one rule for the backends of each client service. What stunnel does when a line is missing matters in
 * one place only, and it is told: without verifyChain or verifyPeer nothing is verified.
 */
import { fitTls } from './fit-tls.ts'
import type { ImportContext, Importer, RuleInput } from './importer.ts'
import { matchBackend, serverName } from './name-backend.ts'
import type { Assignment } from './read-lines.ts'
import { reasonFor } from './stunnel-reasons.ts'
import { readStunnelServices, type StunnelService } from './stunnel-sections.ts'
import { serviceAsStunnel } from './stunnel-service.ts'
import { readStunnelTls } from './stunnel-tls.ts'
import { verifyAsStunnel } from './stunnel-verify.ts'
import { takeIdentity } from './verification.ts'

/** Imports stunnel.conf. */
export const importStunnel: Importer = (source, context) => {
  const services = readStunnelServices(source, context)
  const rules = services.flatMap((service) => ruleFor(service, context) ?? [])
  for (const { settings } of services) tellTheRest(settings, context)
  return { rules }
}

function ruleFor(service: StunnelService, context: ImportContext): RuleInput | undefined {
  const { settings } = service
  const { tell } = context
  const client = last(settings, 'client')
  if (client?.value.toLowerCase() !== 'yes') {
    const why = 'takes TLS from callers (client = yes is not said): nothing leaves through it under TLS'
    for (const { at } of service.own) tell(at, 'ignored', `the service ${service.name} ${why}`)
    return undefined
  }
  tell(client.at, 'taken', 'a service that dials its backend under TLS')
  const match = backendsOf(service, context)
  if (match.length === 0) {
    for (const { at } of service.own)
      tell(at, 'ignored', `the service ${service.name} has no backend to write a rule for`)
    return undefined
  }
  const forward = serviceAsStunnel(service, match, context)
  if (forward !== undefined) context.serve(forward)
  const tls = fitTls(readStunnelTls(settings, context.tell), { scope: 'rule', tell })
  return {
    name: context.names.rule(service.name),
    match: [...match],
    ...verifyAsStunnel(service, match, context),
    ...sniOf(settings, context),
    ...certificateOf(settings, context),
    ...(tls === undefined ? {} : { tls }),
  }
}

/** Where a proxy is asked for the way (`protocol = connect`), the backend of TLS is the one behind it. */
function backendsOf({ settings }: StunnelService, { tell }: ImportContext): readonly string[] {
  const protocol = last(settings, 'protocol')
  const behind = /^(connect|socks)$/i.test(protocol?.value ?? '') ? last(settings, 'protocolhost') : undefined
  if (protocol !== undefined && !/^(smtp|imap|pop3|ldap|pgsql|nntp)$/i.test(protocol.value)) {
    const why = behind === undefined ? 'the rule holds for TLS from the first byte' : 'it is not asked for the way yet'
    tell(protocol.at, 'changed', `${protocol.value} before TLS is not spoken here: ${why}`)
  }
  const named = behind === undefined ? (settings.get('connect') ?? []) : [behind]
  return named.flatMap(({ value, at }) => {
    // A port alone is this machine, which is what stunnel dials then.
    const [, host = 'localhost', port = ''] = /^(?:(.*):)?(\w+)$/.exec(value) ?? [undefined, value, '']
    if (!/^\d*$/.test(port)) {
      tell(at, 'ignored', `${value}: write the port as a number, names of services are not looked up`)
      return []
    }
    const match = matchBackend(host, port, at, tell)
    if (match !== undefined) tell(at, 'taken', `the rule matches ${match}`)
    return match ?? []
  })
}

function sniOf(settings: StunnelService['settings'], { tell }: ImportContext): Pick<RuleInput, 'sni'> {
  const said = last(settings, 'sni')
  if (said === undefined) return {}
  if (said.value === '') {
    tell(said.at, 'taken', 'no server name is sent')
    return { sni: false }
  }
  const name = serverName(said.value)
  if (name === undefined) {
    tell(said.at, 'ignored', `${said.value} cannot be sent as a server name`)
    return {}
  }
  tell(said.at, 'taken', `the server name ${name} is sent`)
  return { sni: name }
}

function certificateOf(
  settings: StunnelService['settings'],
  context: ImportContext,
): Pick<RuleInput, 'clientCertificate'> {
  const said = last(settings, 'cert')
  if (said === undefined) return {}
  const key = last(settings, 'key')
  if (key !== undefined) context.tell(key.at, 'changed', 'the key goes into the same folder under identities/')
  return { clientCertificate: takeIdentity(said.value, said.at, context) }
}

function tellTheRest(settings: StunnelService['settings'], { tell }: ImportContext): void {
  for (const [key, assignments] of settings) {
    const reason = reasonFor(key)
    if (reason === undefined) continue
    for (const { at } of assignments) tell(at, 'ignored', reason)
  }
}

/** The last one said holds. */
function last(settings: StunnelService['settings'], key: string): Assignment | undefined {
  return settings.get(key)?.at(-1)
}
