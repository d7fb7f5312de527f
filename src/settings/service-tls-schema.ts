/**
 * `tls` of a service: what we show to callers, and what they must show. A word about callers' certificates on an entrance
 * that accepts plain text would verify nobody, so it is refused.
 */
import * as z from 'zod'
import { callersField } from '../policy/document/caller-fields.ts'
import { compileTls } from '../policy/document/compile-tls.ts'
import { groupField, nameField, suiteField } from '../policy/document/fields.ts'
import type { TlsScope } from '../policy/document/tls-scope.ts'
import { revocationSources } from '../policy/policy.ts'
import type { AcceptEntry } from './accept-field.ts'
import { type ServiceTls, verifyClients } from './service.ts'

export const serviceTlsField = z
  .strictObject({
    certificate: nameField.describe('The key pair under identities/ that callers are shown.'),
    protocols: z
      .array(z.enum(['TLSv1.3', 'TLSv1.2']))
      .min(1)
      .optional()
      .describe('Protocols that callers may speak; those of the newest default set.'),
    ciphers: z.array(suiteField).min(1).optional().describe('Suites they may choose, the best first; as protocols.'),
    groups: z.array(groupField).min(1).optional().describe('Key exchange groups they may choose; as protocols.'),
    verifyClient: z
      .enum(verifyClients)
      .default('none')
      .describe(
        'Whether callers must show a certificate: none asks for none, optional judges one, required demands it.',
      ),
    trustStores: z
      .array(nameField)
      .default([])
      .describe('Who may vouch for callers: folders under truststores/, or bundled or system.'),
    allow: callersField.optional().describe('Only these callers of those vouched for; one name that fits is enough.'),
    revocation: z
      .strictObject({
        mode: z
          .enum(['off', 'soft', 'hard'])
          .default('soft')
          .describe('As in the policy, for certificates of callers.'),
        sources: z
          .array(z.enum(revocationSources).exclude(['stapled']))
          .min(1)
          .default(['crl'])
          .describe('crl: lists; ocsp: responders. Callers have nothing to staple.'),
      })
      .prefault({}),
  })
  .describe('TLS towards callers, where accept is tls:// or tls+unix:.')

type TlsEntry = z.output<typeof serviceTlsField>

interface Noted {
  readonly accept: Pick<AcceptEntry, 'kind' | 'isTls'>
  readonly tls?: TlsEntry | undefined
}

/** Notes what the parts of an entry mean together. */
export function noteServiceTls(
  { accept, tls }: Noted,
  note: (path: (string | number)[], message: string) => void,
): void {
  const form = tlsForm(accept)
  if (tls === undefined) {
    if (accept.isTls) note(['tls'], `is missing: ${form} needs tls.certificate, a key pair to show to callers`)
    return
  }
  const { verifyClient, trustStores, allow } = tls
  if (!accept.isTls) {
    const [path, what] =
      verifyClient === 'none'
        ? [['tls'], 'has no effect']
        : [['tls', 'verifyClient'], 'cannot ask anybody for a certificate']
    note(path as string[], `${what} on an entrance that accepts plain text: write accept: ${form}…`)
    return
  }
  if (verifyClient !== 'none' && trustStores.length === 0) {
    note(['tls', 'trustStores'], 'is missing: somebody must vouch for the certificates that verifyClient asks for')
  }
  if (verifyClient === 'none') {
    if (trustStores.length > 0) note(['tls', 'trustStores'], 'has no effect with verifyClient: none')
    if (allow !== undefined) note(['tls', 'allow'], 'needs verifyClient: who shows no certificate has no name')
  }
  compileOffer(tls, ([, ...path], message) => note(['tls', ...path], message))
}

/** How an entrance of this kind is made to accept TLS. */
export function tlsForm({ kind }: Pick<AcceptEntry, 'kind'>): string {
  return kind === 'unix' ? 'tls+unix:' : 'tls://'
}

/** Makes the part of a service that its workers need. */
export function compileServiceTls(tls: TlsEntry): ServiceTls {
  const { certificate, verifyClient, trustStores, allow, revocation } = tls
  const offer = compileOffer(tls, () => {})
  return {
    certificate,
    offer,
    verifyClient,
    trustStores: [...new Set(trustStores)],
    revocation,
    ...(allow === undefined ? {} : { allow }),
  }
}

type NoteError = (path: readonly (string | number)[], message: string) => void

function compileOffer({ protocols, ciphers, groups }: TlsEntry, noteError: NoteError): ServiceTls['offer'] {
  const said = { ...(protocols && { protocols }), ...(ciphers && { ciphers }), ...(groups && { groups }) }
  const scope: TlsScope = {
    path: ['tls'],
    said,
    note: (severity, path, message) => {
      if (severity === 'error') noteError(path, message)
    },
  }
  // Callers choose for themselves whether to bring a post-quantum share.
  return compileTls({ configuration: 'custom', postQuantum: 'prefer', ...said }, scope)
}
