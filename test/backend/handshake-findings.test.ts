/** What was agreed on against what the rule offers, row by row. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { type Agreed, handshakeFindings } from '../../src/backend/judge/findings.ts'
import type { FindingName, TlsOffer } from '../../src/policy/policy.ts'
import { makeRule } from '../kit/policies.ts'

const good: Agreed = { protocol: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', group: 'X25519', dhBits: 0 }

const rows: readonly {
  readonly why: string
  readonly agreed?: Partial<Agreed>
  readonly tls?: Partial<TlsOffer>
  readonly finds: readonly FindingName[]
  readonly says?: string
}[] = [
  { why: 'all of the rule', finds: [] },
  {
    why: 'a protocol that it does not offer',
    agreed: { protocol: 'TLSv1.1' },
    finds: ['protocol-refused'],
    says: 'TLSv1.1 was agreed on, the rule offers TLSv1.2, TLSv1.3',
  },
  { why: 'no protocol', agreed: { protocol: '' }, finds: ['protocol-refused'] },
  {
    why: 'a suite that it does not offer',
    agreed: { cipher: 'TLS_AES_256_GCM_SHA384' },
    tls: { ciphers: ['TLS_AES_128_GCM_SHA256'] },
    finds: ['cipher-refused'],
    says: 'TLS_AES_256_GCM_SHA384 was agreed on, the rule offers TLS_AES_128_GCM_SHA256',
  },
  {
    why: 'a group that it does not offer',
    agreed: { group: 'P-384' },
    finds: ['group-refused'],
    says: 'P-384 was agreed on, the rule offers X25519, P-256',
  },
  { why: 'a group without a name or none', agreed: { group: '' }, finds: [] },
  { why: 'a large Diffie-Hellman group', agreed: { group: '', dhBits: 2048 }, finds: [] },
  {
    why: 'a small Diffie-Hellman group',
    agreed: { group: '', dhBits: 2047 },
    finds: ['group-refused'],
    says: 'a Diffie-Hellman group of 2047 bits was agreed on, the rule offers 2048 bits and more',
  },
  { why: 'a small one that the rule takes', agreed: { group: '', dhBits: 1024 }, tls: { minDhBits: 1024 }, finds: [] },
  { why: 'a group of a single bit', agreed: { group: '', dhBits: 1 }, finds: ['group-refused'] },
  {
    why: 'nothing of the rule',
    agreed: { protocol: 'TLSv1', cipher: 'x', group: 'y', dhBits: 512 },
    finds: ['protocol-refused', 'cipher-refused', 'group-refused', 'group-refused'],
  },
]

for (const { why, agreed, tls, finds, says } of rows) {
  test(`a handshake that agreed on ${why} ${finds.length === 0 ? 'has no finding' : `has ${finds.join(', ')}`}`, () => {
    const rule = makeRule()
    const found = handshakeFindings({ ...good, ...agreed }, { ...rule, tls: { ...rule.tls, ...tls } })
    assert.deepEqual(
      found.map(({ name }) => name),
      finds,
    )
    if (says !== undefined) assert.equal(found[0]?.detail, says)
  })
}
