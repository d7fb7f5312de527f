/** `tokens` of a service: callers bring where to connect with them, and nothing else says it. */
import * as z from 'zod'
import { nameField } from '../policy/document/fields.ts'
import type { AcceptEntry } from './accept-field.ts'
import { tlsForm } from './service-tls-schema.ts'

export const serviceTokensField = z
  .strictObject({
    keys: nameField.describe('The folder under identities/ with the keys that tokens are made with.'),
    innerNames: z
      .enum(['checked', 'unchecked'])
      .default('checked')
      .describe('Whether the server name that the TLS inside asks for must be that of the destination.'),
  })
  .describe('Callers ask with CONNECT and bring a token that says where to; needs accept: tls:// or tls+unix:.')

interface Noted {
  readonly accept: Pick<AcceptEntry, 'kind' | 'isTls'>
  readonly connect: readonly unknown[]
  readonly starttls?: string | undefined
  readonly proxyProtocol: { readonly in?: string | undefined; readonly out?: string | undefined }
  readonly tokens?: z.output<typeof serviceTokensField> | undefined
}

/** Notes what the parts of an entry mean together. */
export function noteServiceTokens(
  { accept, connect, starttls, proxyProtocol, tokens }: Noted,
  note: (path: (string | number)[], message: string) => void,
): void {
  if (tokens === undefined) {
    if (connect.length === 0)
      note(['connect'], 'is missing: expected tls://host:port, or tokens that say where to connect')
    return
  }
  if (!accept.isTls) note(['tokens'], `would travel in plain text: write accept: ${tlsForm(accept)}…`)
  if (connect.length > 0) note(['connect'], 'has no effect beside tokens: they say where to connect')
  if (starttls !== undefined) note(['starttls'], "has no effect beside tokens: TLS inside a tunnel is the caller's own")
  for (const key of ['in', 'out'] as const) {
    if (proxyProtocol[key] !== undefined) note(['proxyProtocol', key], 'cannot be used beside tokens')
  }
}
