import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Spec, StrictTls } from '../../src/page/draft/policy-spec.ts'
import { settingsWithoutEffect } from '../../src/page/outgoing-tls/no-effect.ts'

const strictTls: StrictTls = {
  enabled: true,
  enforcement: 'enforce',
  defaultTrustStore: 'bundled',
  customTrustStores: [],
  allowUntrusted: false,
}
const usual: Spec = {
  ...{ strictTls, sni: true, rules: [], exceptions: [], tests: [], destinations: { unlisted: 'allow' } },
  tls: { configuration: 'default', postQuantum: 'compatible' },
  revocation: { mode: 'soft' },
}

const rule = { name: 'a', match: [], action: 'allow' } as const

describe('settings without effect are told of', () => {
  const rows: [why: string, spec: Spec, backends: number | undefined, expected: RegExp | undefined][] = [
    ['nothing waits', usual, 1, undefined],
    ['nobody has counted the backends yet', usual, undefined, undefined],
    ['no backend is known', usual, 0, /hold from the first connection on/],
    [
      'stores wait for strict TLS',
      { ...usual, strictTls: { ...strictTls, enabled: false, customTrustStores: ['corp'] } },
      1,
      /Strict TLS is off.*the custom trust store/,
    ],
    [
      'allow and log waits for strict TLS',
      { ...usual, strictTls: { ...strictTls, enabled: false, allowUntrusted: true, enforcement: 'report' } },
      1,
      /wait for it: Allow and Log untrusted servers\.$/,
    ],
    [
      'hard revocation waits for strict TLS',
      { ...usual, strictTls: { ...strictTls, enabled: false }, revocation: { mode: 'hard' } },
      1,
      /wait for it: hard revocation\.$/,
    ],
    ['hard revocation waits for nothing else', { ...usual, revocation: { mode: 'hard' } }, 1, undefined],
    [
      'strict TLS off by itself waits for nothing',
      { ...usual, strictTls: { ...strictTls, enabled: false } },
      1,
      undefined,
    ],
    ['nobody may leave', { ...usual, destinations: { unlisted: 'deny' } }, 0, /No rule lets a connection out over TLS/],
    ['a rule lets one out', { ...usual, destinations: { unlisted: 'deny' }, rules: [{ ...rule }] }, 1, undefined],
    [
      'a rule lets one out in plain text only',
      { ...usual, destinations: { unlisted: 'deny' }, rules: [{ ...rule, plaintext: true }] },
      1,
      /No rule lets a connection out over TLS/,
    ],
  ]
  for (const [why, spec, backends, expected] of rows) {
    it(why, () => {
      const said = settingsWithoutEffect(spec, backends).join(' ')
      if (expected === undefined) assert.equal(said, '')
      else assert.match(said, expected)
    })
  }
})
