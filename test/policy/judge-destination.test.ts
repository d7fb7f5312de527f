import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deniedAddressOf, describeDenied } from '../../src/policy/judge-destination.ts'
import { parseAuthority } from '../../src/policy/parse-destination.ts'

const usual = { deny: ['default'], allow: [] }

const cases: readonly (readonly [why: string, authority: string, allow: readonly string[], denied?: string])[] = [
  ['an address in a denied range', '127.0.0.1:443', [], '127.0.0.1'],
  ['the same in disguise', '[64:ff9b::7f00:1]:443', [], '64:ff9b::7f00:1'],
  ['an address that is allowed in spite', '127.0.0.1:443', ['127.0.0.1']],
  ['an address in no range', '192.0.2.1:443', []],
  ['localhost, by its first address', 'localhost:443', [], '127.0.0.1'],
  ['a name below it, which is loopback as well', 'a.localhost:443', [], '127.0.0.1'],
  ['localhost, while one of its addresses may be dialled', 'a.localhost:443', ['::1']],
  ['a name that ends like localhost and is not below it', 'mylocalhost:443', []],
  ['a name that begins like localhost', 'localhost.example:443', []],
  ['a name that only a resolver knows', 'a.example:443', []],
]

describe('a destination is judged before anything is resolved', () => {
  for (const [why, authority, allow, denied] of cases) {
    it(`${denied === undefined ? 'and let be' : 'and never dialled'}: ${why}`, () => {
      assert.equal(deniedAddressOf({ ...usual, allow }, parseAuthority(authority))?.address, denied)
    })
  }

  const sentence = (authority: string) => {
    const destination = parseAuthority(authority)
    const denied = deniedAddressOf(usual, destination)
    assert.ok(denied !== undefined)
    return describeDenied(destination, denied)
  }

  it('and the sentence names what has to be allowed', () => {
    const reason = 'is in 127.0.0.0/8 (loopback), which destinations.denyAddresses has'
    const remedy = 'If it is meant, name 127.0.0.1 in destinations.allowAddresses.'
    assert.equal(sentence('127.0.0.1:443'), `127.0.0.1:443 is never dialled: 127.0.0.1 ${reason}. ${remedy}`)
  })

  it('which is the address hidden inside, where there is one', () => {
    assert.match(
      sentence('[64:ff9b::7f00:1]:443'),
      /64:ff9b::7f00:1, with 127\.0\.0\.1 hidden in it, is in 127\.0\.0\.0\/8 \(loopback\).*name 127\.0\.0\.1 in destinations/,
    )
  })
})
