/**
 * The small shapes that documents are made of, each with the sentence an operator reads when a value does not fit.
 * The pattern, where there is one, also reaches editors through the JSON Schema.
 */
import * as z from 'zod'
import { SidecarError } from '../../errors.ts'
import { parseCidr } from '../address/ip-address.ts'
import { rangeWords } from '../address/judge-address.ts'
import { explainUnusableSuite } from '../catalogue/catalogue.ts'
import { findGroup, groups } from '../catalogue/groups.ts'
import { findKnownGroup } from '../catalogue/known-groups.ts'
import { retiredProtocol } from '../catalogue/retired.ts'
import { explainUnusableSignature } from '../catalogue/signature-algorithms.ts'
import { parsePattern } from '../match-host.ts'
import { parseAuthority, parseDestination } from '../parse-destination.ts'
import type { Protocol, Via } from '../policy.ts'
import { didYouMean } from './did-you-mean.ts'

/** A name of ours or of a folder: no slash and no leading dot, so that it never leaves the folder it is looked up in. */
export const nameField = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected a name of letters, digits, dots, dashes and underscores')

const protocols: readonly Protocol[] = ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1']

/** A protocol; one that is gone says why. */
export const protocolField = z
  .string()
  .transform((name, context): Protocol => {
    const protocol = protocols.find((each) => each === name)
    if (protocol !== undefined) return protocol
    const retired = retiredProtocol(name)
    if (retired === undefined) refuse(context, `expected one of ${protocols.join(', ')}`, didYouMean(name, protocols))
    else refuse(context, `removed by platform: ${retired}`)
    return z.NEVER
  })
  .meta({ enum: protocols })

/** A cipher suite under its IANA, OpenSSL or Java name. */
export const suiteField = z.string().superRefine((name, context) => {
  const fault = explainUnusableSuite(name)
  if (fault !== undefined) refuse(context, fault.reason, fault.hint)
})

/** A key exchange group under any of its names. */
export const groupField = z.string().superRefine((name, context) => {
  if (findGroup(name) !== undefined) return
  const withdrawn = findKnownGroup(name)
  const known = groups.flatMap((group) => [group.name, ...group.aliases])
  if (withdrawn === undefined) refuse(context, 'unknown group', didYouMean(name, known))
  else if (withdrawn.available) refuse(context, `is called ${withdrawn.name} here`)
  else refuse(context, `removed by platform: ${withdrawn.reason}`)
})

/** A signature algorithm under any of its names. */
export const signatureField = z.string().superRefine((name, context) => {
  const fault = explainUnusableSignature(name)
  if (fault !== undefined) refuse(context, fault.reason, fault.hint)
})

/** One entry of `match`, read into its pattern. */
export const patternField = z.string().transform((text, context) => attempt(() => parsePattern(text), context))

/** `host:port`, read into a destination. */
export const authorityField = z.string().transform((text, context) => attempt(() => parseAuthority(text), context))

/** A host name or an address a certificate can carry. */
export const certificateNameField = z
  .string()
  .transform((text, context) => attempt(() => parseDestination(text, 443).host, context))

/** A host name that can be sent as SNI: an address cannot. */
export const serverNameField = z.string().transform((text, context) => {
  const destination = attempt(() => parseDestination(text, 443), context)
  if (context.issues.length > 0) return z.NEVER
  if (destination.kind === 'name') return destination.host
  refuse(context, 'expected a host name: an address cannot be sent as SNI')
  return z.NEVER
})

/** An address or a range of them. */
export const cidrField = z.string().superRefine((text, context) => {
  if (parseCidr(text) !== undefined) return
  refuse(context, 'expected an address or a range such as 10.0.0.0/8 or fd00::/8')
})

/** An entry of denyAddresses: a range, or a word that stands for several. */
export const deniedField = z.string().superRefine((text, context) => {
  if (rangeWords.some((word) => word === text) || parseCidr(text) !== undefined) return
  refuse(context, `expected ${rangeWords.join(', ')} or a range such as 10.0.0.0/8`, didYouMean(text, rangeWords))
})

/** The SHA-256 of a public key in base64, read without the `sha256/` that some tools put in front. */
export const spkiField = z
  .string()
  .regex(
    /^(sha256\/)?[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/,
    'expected the SHA-256 of the public key in base64: 44 characters, sha256/ in front or not',
  )
  .transform((text) => text.slice(-44))

/** An upstream proxy, or the word for none. */
export const viaField = z.string().transform((text, context): Via | 'direct' => {
  if (text === 'direct') return 'direct'
  const [, scheme, authority = ''] = /^(http|socks5):\/\/([^/]*)\/?$/s.exec(text) ?? []
  if (authority.includes('@')) {
    refuse(context, 'holds a user and password: they belong into the file that upstreamCredentials names')
    return z.NEVER
  }
  if (scheme === undefined) {
    refuse(context, 'expected http://host:port, socks5://host:port or direct')
    return z.NEVER
  }
  return { scheme: scheme as Via['scheme'], to: attempt(() => parseAuthority(authority), context) }
})

/** A day, read as the moment it ends in UTC. */
export const untilField = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a day such as 2027-06-30')
  .transform((text, context) => {
    const startMs = Date.parse(`${text}T00:00:00Z`)
    // The 30th of February would silently become the 2nd of March.
    if (!Number.isNaN(startMs) && new Date(startMs).toISOString().startsWith(text)) return startMs + 86_400_000
    refuse(context, 'no such day')
    return z.NEVER
  })

/** Text that has to say something. */
export const sentenceField = z.string().regex(/\S/, 'expected a few words')

function attempt<T>(parse: () => T, context: z.RefinementCtx): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof SidecarError)) throw error
    refuse(context, String(error.details.reason ?? error.message))
    return z.NEVER
  }
}

/** `hint` comes after the value that was found, where a reader looks for it. */
function refuse(context: z.RefinementCtx, message: string, hint = ''): void {
  context.addIssue({ code: 'custom', message, params: { hint } })
}
