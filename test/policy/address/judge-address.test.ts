import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { BlockList } from 'node:net'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { compileAddresses, judgeAddress } from '../../../src/policy/address/judge-address.ts'

interface Vectors {
  readonly addresses: readonly { readonly ip: string; readonly range: string | null; hidden?: string; why: string }[]
}

const vectors = JSON.parse(readFileSync(new URL('../../vectors/addresses.json', import.meta.url), 'utf8')) as Vectors
const usual = compileAddresses({ deny: ['default'], allow: [] })

describe('an address under the default list', () => {
  for (const { ip, range, hidden, why } of vectors.addresses) {
    it(`${ip} is ${range ?? 'dialled'}: ${why}`, () => {
      const judgement = usual(ip)
      if (judgement.allowed) assert.equal(range, null)
      else assert.deepEqual([judgement.range, judgement.hidden], [range, hidden])
    })
  }
})

interface ListCase {
  readonly why: string
  readonly deny?: readonly string[]
  readonly allow?: readonly string[]
  readonly ip: string
  /** The range that refuses; left out where the address may be dialled. */
  readonly refusedBy?: string
}

const lists: readonly ListCase[] = [
  { why: 'an allowed address wins over the default list', allow: ['127.0.0.1'], ip: '127.0.0.1' },
  { why: 'and no other of its range does', allow: ['127.0.0.1'], ip: '127.0.0.2', refusedBy: '127.0.0.0/8' },
  { why: 'what is allowed is allowed in disguise', allow: ['127.0.0.1'], ip: '::ffff:127.0.0.1' },
  {
    why: 'a wide IPv6 range does not let loopback through in disguise',
    allow: ['64:ff9b::/96', '2000::/3', '::/0'],
    ip: '64:ff9b::7f00:1',
    refusedBy: '127.0.0.0/8',
  },
  {
    why: 'nor does the IPv4 address open a denied IPv6 range around it',
    deny: ['2002::/16'],
    allow: ['8.8.8.8'],
    ip: '2002:808:808::1',
    refusedBy: '2002::/16',
  },
  {
    why: 'both named, both pass',
    deny: ['default', '2002::/16'],
    allow: ['127.0.0.0/8', '2002::/16'],
    ip: '2002:7f00:1::',
  },
  { why: 'a list of its own replaces the default', deny: ['10.0.0.0/8'], ip: '127.0.0.1' },
  { why: 'and holds for what it names', deny: ['10.0.0.0/8'], ip: '10.255.255.255', refusedBy: '10.0.0.0/8' },
  { why: 'and for that in disguise', deny: ['10.0.0.0/8'], ip: '::ffff:10.1.2.3', refusedBy: '10.0.0.0/8' },
  { why: 'default beside it keeps both', deny: ['default', '10.0.0.0/8'], ip: '127.0.0.1', refusedBy: '127.0.0.0/8' },
  { why: 'private names the private ranges', deny: ['private'], ip: '192.168.0.1', refusedBy: '192.168.0.0/16' },
  { why: 'from the first of them', deny: ['private'], ip: '10.0.0.1', refusedBy: '10.0.0.0/8' },
  { why: 'to the odd one in the middle', deny: ['private'], ip: '172.31.255.255', refusedBy: '172.16.0.0/12' },
  { why: 'and no further', deny: ['private'], ip: '172.32.0.0' },
  { why: 'those of carriers', deny: ['private'], ip: '100.127.255.255', refusedBy: '100.64.0.0/10' },
  { why: 'of IPv6 as well', deny: ['private'], ip: 'fd00::1', refusedBy: 'fc00::/7' },
  { why: 'also the site-local ones of old', deny: ['private'], ip: 'feff::1', refusedBy: 'fec0::/10' },
  { why: 'a single address is a range of one', deny: ['8.8.8.8'], ip: '8.8.8.8', refusedBy: '8.8.8.8' },
  { why: 'and no more', deny: ['8.8.8.8'], ip: '8.8.8.9' },
  { why: 'odd prefix lengths count in bits', deny: ['10.0.0.128/25'], ip: '10.0.0.127' },
  { why: 'the other side of the bit', deny: ['10.0.0.128/25'], ip: '10.0.0.128', refusedBy: '10.0.0.128/25' },
  { why: 'everything may be denied', deny: ['0.0.0.0/0'], ip: '8.8.8.8', refusedBy: '0.0.0.0/0' },
  { why: 'but of one family only', deny: ['0.0.0.0/0'], ip: '2606:4700::1111' },
  { why: '::1 is an address of its own, not 0.0.0.1 in disguise', allow: ['::1'], ip: '::1' },
  { why: 'and so is ::', allow: ['::'], ip: '::' },
  { why: 'an empty list denies nothing', deny: [], ip: '127.0.0.1' },
  { why: 'but still no text that is no address', deny: [], ip: 'localhost', refusedBy: '' },
]

describe('lists of addresses', () => {
  for (const { why, deny = ['default'], allow = [], ip, refusedBy } of lists) {
    it(`${why}: deny ${deny.join(' ')}, allow ${allow.join(' ')}, ${ip}`, () => {
      const judgement = judgeAddress({ deny, allow }, ip)
      assert.equal(judgement.allowed ? undefined : judgement.rangeText, refusedBy)
    })
  }

  it('are never read without what is no range, as if nothing stood there', () => {
    assert.throws(() => compileAddresses({ deny: ['10.0.0.0/33'], allow: [] }), TypeError)
  })

  it('agree with the BlockList of Node where no address is hidden', () => {
    const property = fc.property(fc.ipV4(), fc.ipV4(), fc.nat(32), (network, ip, bits) => {
      const list = new BlockList()
      list.addSubnet(network, bits, 'ipv4')
      const { allowed } = judgeAddress({ deny: [`${network}/${bits}`], allow: [] }, ip)
      return allowed === !list.check(ip, 'ipv4')
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('never let the disguise of a denied address through', () => {
    const disguises = (dotted: string): string[] => {
      const [a, b] = [hex(dotted, 0), hex(dotted, 2)]
      const turned = [a, b].map((word) => (0xffff ^ Number.parseInt(word, 16)).toString(16))
      return [
        `::ffff:${dotted}`,
        `64:ff9b::${a}:${b}`,
        `64:ff9b:1::${a}:${b}`,
        `::ffff:0:${a}:${b}`,
        `2002:${a}:${b}::1`,
        `2001:0:${a}:${b}::`,
        `2001:0:808:808::${turned.join(':')}`,
        `2001:db8::5efe:${a}:${b}`,
      ]
    }
    const property = fc.property(fc.ipV4(), (ip) => {
      const judge = compileAddresses({ deny: [`${ip}/32`], allow: [] })
      for (const disguise of disguises(ip)) assert.equal(judge(disguise).allowed, false, disguise)
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('read as IPv6 exactly what the URL standard reads', () => {
    const judge = compileAddresses({ deny: [], allow: [] })
    const sign = fc.constantFrom(...'0123456789abcdefABCDEF:::::....'.split(''))
    const property = fc.property(fc.oneof(fc.string({ unit: sign, maxLength: 20 }), nearIpv6()), (text) => {
      const isIpv6 = text.includes(':') && URL.canParse(`http://[${text}]`)
      assert.equal(text.includes(':') && judge(text).allowed, isIpv6, text)
    })
    fc.assert(property, { numRuns: 3000 })
  })

  it('answer every text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.ipV6(), fc.ipV4Extended()), (text) => usual(text) !== undefined))
  })
})

function hex(dotted: string, from: number): string {
  const [high = 0, low = 0] = dotted
    .split('.')
    .slice(from, from + 2)
    .map(Number)
  return (high * 256 + low).toString(16)
}

/** Groups and gaps in any number: some are addresses, most just fail to be. */
function nearIpv6(): fc.Arbitrary<string> {
  const part = fc.constantFrom('0', 'ab', '1234', '', '12345', '1.2.3.4', '01.2.3.4')
  return fc.array(part, { minLength: 2, maxLength: 10 }).map((parts) => parts.join(':'))
}
