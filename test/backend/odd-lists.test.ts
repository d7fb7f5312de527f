/**
 * Custom lists as odd as they come (aliases, any case, repeats, names that are gone, any order, holes between
 * protocols): each is refused, or the ClientHello that OpenSSL makes of it offers what was selected and nothing else.
 * The hello is caught before a socket sees it, so that hundreds of lists take a second.
 */
import assert from 'node:assert/strict'
import { Duplex } from 'node:stream'
import test from 'node:test'
import tls from 'node:tls'
import fc from 'fast-check'
import { optionsOf } from '../../src/backend/dial/tls-options.ts'
import { findSuite, suites } from '../../src/policy/catalogue/catalogue.ts'
import { findGroup, groups } from '../../src/policy/catalogue/groups.ts'
import { findSignatureAlgorithm, signatureAlgorithms } from '../../src/policy/catalogue/signature-algorithms.ts'
import { effectiveHello } from '../../src/policy/describe/effective-hello.ts'
import { offerOf } from '../../src/policy/describe/effective-offer.ts'
import { parsePolicy } from '../../src/policy/document/parse-policy.ts'
import { parseDestination } from '../../src/policy/parse-destination.ts'
import type { Rule } from '../../src/policy/policy.ts'
import { type ClientHello, isWholeClientHello, parseClientHello } from '../kit/capture-client-hello.ts'

const protocols = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const
const retired = [
  'RC4-SHA',
  'SSL_RSA_WITH_3DES_EDE_CBC_SHA',
  'TLS_EMPTY_RENEGOTIATION_INFO_SCSV',
  'HIGH:!aNULL',
  'SSLv3',
]

/** A name as people write it: one of several, in any case. */
const oddly = (names: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...names), fc.constantFrom('as is', 'upper', 'lower'))
    .map(([name, way]) => (way === 'upper' ? name.toUpperCase() : way === 'lower' ? name.toLowerCase() : name))

const usable = suites.filter(({ needs }) => needs === undefined)
const suiteName = oddly(usable.flatMap(({ iana, openssl, java }) => [iana, openssl, ...java]))
const groupName = oddly(groups.flatMap(({ name, aliases }) => [name, ...aliases]))
const signatureName = oddly(
  signatureAlgorithms
    .filter(({ available }) => available)
    .flatMap(({ name, openssl, java }) => [name, openssl, java ?? name]),
)
/** Good lists are what most of the runs must be about: a hello comes of a few suites for each protocol alone. */
const listOf = (name: fc.Arbitrary<string>, always: readonly string[]) =>
  fc
    .tuple(
      fc.array(name, { minLength: 1, maxLength: 12 }),
      fc.subarray([...always]),
      fc.nat(40),
      fc.constantFrom(...retired),
    )
    .chain(([names, more, chance, gone]) => {
      const list = [...names, ...more, ...(chance === 0 ? [gone] : [])]
      return fc.shuffledSubarray(list, { minLength: list.length })
    })

const customList = fc.record(
  {
    protocols: fc.array(fc.constantFrom(...protocols), { minLength: 1, maxLength: 6 }),
    ciphers: listOf(suiteName, ['TLS_AES_128_GCM_SHA256', 'aes128-sha', 'ECDHE-RSA-AES128-SHA']),
    groups: listOf(groupName, ['x25519', 'prime256v1']),
    signatureAlgorithms: listOf(signatureName, ['rsa_pss_rsae_sha256', 'RSA+SHA256', 'ecdsa_secp256r1_sha256']),
    postQuantum: fc.constantFrom('off', 'compatible', 'prefer'),
  },
  { requiredKeys: ['protocols', 'ciphers'] },
)

test('no custom list, however odd, offers anything that was not selected', async () => {
  let sent = 0
  await fc.assert(
    // Level 0 is the only one under which old protocols are good; the others have to be refused for them.
    fc.asyncProperty(customList, fc.constantFrom(0, 0, 0, 1, undefined), async (lists, securityLevel) => {
      const rule = ruleOf(lists, securityLevel)
      if (rule === undefined) return
      sent += 1
      const hello = await helloOf(rule)
      assertOnlySelected(hello, lists)
      assertAsExplained(hello, rule)
    }),
    { numRuns: 400 },
  )
  assert.ok(sent > 60, `only ${sent} of the lists were good: the generator is too odd to prove anything`)
})

type Lists = typeof customList extends fc.Arbitrary<infer T> ? T : never

/** The compiled rule; undefined where the policy is refused, and nothing leaves. */
function ruleOf(lists: Lists, securityLevel: number | undefined): Rule | undefined {
  const legacy = securityLevel === undefined ? {} : { legacy: { securityLevel } }
  const rule = { name: 'a', match: ['a.test'], tls: { configuration: 'custom', ...lists, ...legacy } }
  const head = { apiVersion: 'vedette/v1', kind: 'OutgoingTlsPolicy', metadata: { name: 'odd' } }
  try {
    const { policy } = parsePolicy(JSON.stringify({ ...head, spec: { rules: [rule] } }), { file: 'p.yaml' })
    return policy.rules[0]
  } catch {
    return undefined
  }
}

function assertOnlySelected(hello: ClientHello, lists: Lists): void {
  assertAmong(
    hello.ciphers,
    lists.ciphers.map((name) => findSuite(name)?.code),
  )
  assertAmong(hello.signals, [0x00ff])
  if (lists.groups !== undefined)
    assertAmong(
      hello.groups.map(codeOf),
      lists.groups.map((name) => findGroup(name)?.code),
    )
  assertAmong(
    hello.keyShares,
    hello.groups.map((name) => Number.parseInt(codeOf(name), 16)),
    codeOf,
  )
  const asked = lists.signatureAlgorithms?.map((name) => findSignatureAlgorithm(name)?.code)
  if (asked !== undefined && hello.signatureAlgorithms.length > 0) assertAmong(hello.signatureAlgorithms, asked)
  assert.deepEqual(
    hello.versions.filter((each) => !(lists.protocols as string[]).includes(each)),
    [],
  )
}

function assertAsExplained(hello: ClientHello, rule: Rule): void {
  const said = effectiveHello(rule, parseDestination('a.test', 443), 'originate')
  const codes = (list: readonly { code: number }[]) => list.map(({ code }) => hex(code))
  assert.deepEqual(hello.ciphers, codes(said.suites))
  assert.deepEqual(hello.signals, codes(said.signals))
  assert.deepEqual(hello.groups.map(codeOf), codes(said.groups))
  assert.deepEqual(hello.keyShares.map(codeOf), codes(said.keyShares))
  assert.deepEqual(hello.signatureAlgorithms, codes(said.signatureAlgorithms))
}

function assertAmong(
  sent: readonly string[],
  selected: readonly (number | undefined)[],
  read: (name: string) => string = (name) => name,
): void {
  const allowed = new Set(selected.map((code) => hex(code ?? 0)))
  const extra = sent.map(read).filter((code) => !allowed.has(code))
  assert.deepEqual(extra, [], 'offered and never selected')
}

const HANDSHAKE = 22

/** The ClientHello, as OpenSSL hands it to whatever carries it. */
function helloOf(rule: Rule): Promise<ClientHello> {
  const caught = Promise.withResolvers<ClientHello>()
  let seen = Buffer.alloc(0)
  const carrier = new Duplex({
    read() {},
    write(chunk: Buffer, _, done) {
      // What follows a hello is the alert with which we leave.
      if (chunk[0] === HANDSHAKE) seen = Buffer.concat([seen, chunk])
      if (isWholeClientHello(seen)) caught.resolve(parseClientHello(seen))
      done()
    },
  })
  const secureContext = tls.createSecureContext({ ...optionsOf(offerOf(rule)), ca: [] })
  const caller = tls.connect({ socket: carrier, secureContext, servername: 'a.test' })
  caller.on('error', caught.reject)
  return caught.promise.finally(() => caller.destroy())
}

/** The kit names some groups and gives the hexadecimal number of others. */
function codeOf(name: string): string {
  return hex(findGroup(name)?.code ?? Number.parseInt(name, 16))
}

function hex(code: number): string {
  return code.toString(16).padStart(4, '0')
}
