import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { SidecarError } from '../../src/errors.ts'
import { parseAuthority, parseDestination } from '../../src/policy/parse-destination.ts'

interface Vectors {
  readonly hosts: readonly { readonly host: string; readonly canonical: string | null; kind?: string; why: string }[]
  readonly ports: readonly { readonly port: string; readonly canonical: number | null; why: string }[]
}

const vectors = JSON.parse(readFileSync(new URL('../vectors/hosts.json', import.meta.url), 'utf8')) as Vectors
const refused = { name: 'SidecarError', code: 'CALLER_BAD_TARGET' }

describe('a host', () => {
  for (const { host, canonical, kind, why } of vectors.hosts) {
    const spelt = JSON.stringify(host.length > 40 ? `${host.slice(0, 40)}…` : host)
    if (canonical === null) {
      it(`${spelt} is refused: ${why}`, () => {
        assert.throws(() => parseDestination(host, 443), refused)
        assert.throws(() => parseAuthority(`${host}:443`), refused)
      })
    } else {
      it(`${spelt} is ${canonical.slice(0, 40)}: ${why}`, () => {
        const destination = parseDestination(host, 443)
        const authority = kind === 'ipv6' ? `[${canonical}]:443` : `${canonical}:443`
        assert.deepEqual(destination, { host: canonical, port: 443, kind, authority })
        if (!host.includes(':') || host.startsWith('[')) assert.deepEqual(parseAuthority(`${host}:443`), destination)
      })
    }
  }
})

describe('a port', () => {
  for (const { port, canonical, why } of vectors.ports) {
    if (canonical === null) {
      it(`${JSON.stringify(port)} is refused: ${why}`, () => {
        assert.throws(() => parseAuthority(`a.example:${port}`), refused)
        assert.throws(() => parseAuthority(`[::1]:${port}`), refused)
        assert.throws(() => parseDestination('a.example', port), refused)
      })
    } else {
      it(`${port} is read: ${why}`, () => {
        assert.equal(parseAuthority(`a.example:${port}`).port, canonical)
        assert.equal(parseAuthority(`[::1]:${port}`).port, canonical)
        assert.equal(parseDestination('a.example', canonical).port, canonical)
      })
    }
  }

  it('is needed, unless the asker has one to fall back on', () => {
    assert.throws(() => parseAuthority('a.example'), refused)
    assert.equal(parseAuthority('a.example', 443).authority, 'a.example:443')
    assert.equal(parseAuthority('[::1]', 443).authority, '[::1]:443')
    assert.throws(() => parseAuthority('a.example:', 443), refused)
  })

  it('cannot hide behind an IPv6 address without brackets', () => {
    assert.throws(() => parseAuthority('::1:443'), /IPv6 address stands in brackets/)
  })
})

describe('a refusal', () => {
  it('shows what was asked for without anything a terminal acts upon', () => {
    assert.throws(() => parseAuthority('a\u001b[2J\u202e\n:443'), {
      message: /^"a\\u001b\[2J\\u202e\\n" has a character/,
    })
  })
  it('stays short however long the target is', () => {
    assert.throws(
      () => parseAuthority(`${'a'.repeat(1_000_000)}:443`),
      (error: Error) => error.message.length < 200,
    )
  })
})

describe('any text', () => {
  const hostish = fc.string({ unit: fc.constantFrom(...'aA1.:[]-_*%@#/\\ \0\t\u00adａ０。ß'), maxLength: 24 })

  it('either is refused as a bad target or reads the same again from what is written', () => {
    const check = (text: string): void => {
      try {
        const destination = parseAuthority(text, 443)
        assert.deepEqual(parseAuthority(destination.authority), destination)
        assert.deepEqual(parseDestination(destination.host, destination.port), destination)
        assert.match(destination.host, /^[a-z0-9._:-]+$/)
      } catch (error) {
        assert.ok(error instanceof SidecarError && error.code === 'CALLER_BAD_TARGET', String(error))
      }
    }
    fc.assert(fc.property(fc.oneof(hostish, fc.string({ unit: 'binary' }), fc.webAuthority(), fc.ipV6()), check), {
      numRuns: 2000,
    })
  })

  it('that is an IPv6 address has one canonical form', () => {
    fc.assert(
      fc.property(fc.ipV6(), (ip) => {
        const { kind, authority, host } = parseDestination(ip, 1)
        assert.equal(parseDestination(`[${ip.toUpperCase()}]`, 1).authority, authority)
        assert.ok(kind === 'ipv4' || new URL(`http://[${ip}]`).hostname === `[${host}]`)
      }),
    )
  })
})
