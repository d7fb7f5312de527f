/** How documents name callers: by kind, in lists; read into names in one spelling. */
import * as z from 'zod'
import { parseIp } from '../address/ip-address.ts'
import { callerName, callerNameKinds } from '../match-caller.ts'
import { spkiField } from './fields.ts'

const text = z.string().regex(/\S/, 'expected a name')

const dns = z
  .string()
  .regex(
    /^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i,
    'expected a host name such as app.example, or *.example for all below',
  )

const ip = z.string().transform((address, context) => {
  if (parseIp(address) !== undefined)
    return address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address
  context.addIssue({ code: 'custom', message: 'expected an IP address' })
  return z.NEVER
})

const lists = {
  dns: z.array(dns).min(1).describe('dNSNames of its certificate; *.example.org for one or more labels in front.'),
  uri: z.array(text).min(1).describe('URIs of its certificate, exactly, such as spiffe://corp/app.'),
  ip: z.array(ip).min(1).describe('IP addresses of its certificate.'),
  email: z.array(text).min(1).describe('Mail addresses of its certificate.'),
  commonName: z.array(text).min(1).describe('Common names of its subject, exactly.'),
  spkiSha256: z.array(spkiField).min(1).describe('SHA-256 of its public key, base64.'),
}

/** Callers by any of these; one that fits is enough. */
export const callersField = z
  .strictObject(lists)
  .partial()
  .refine((named) => Object.keys(named).length > 0, 'expected at least one list of names')
  .transform((named) => callerNameKinds.flatMap((kind) => (named[kind] ?? []).map((value) => callerName(kind, value))))
