/**
 * Goal: a token is taken as it was made and in no other way. Method: one token that is taken, and beside it every one that
 * differs in one thing; those that no library of ours would make are put together by hand.
 */
import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { CompactEncrypt, SignJWT } from 'jose'
import { SidecarError } from '../../src/errors.ts'
import { issueToken } from '../../src/token/issue-token.ts'
import { readKeys, rotateKeys } from '../../src/token/key-folder.ts'
import { makeKeyRing, readToken } from '../../src/token/read-token.ts'
import { type IssuingKey, makeIssuingKey, takingHalf } from '../../src/token/token-key.ts'
import { TokenMarks } from '../../src/token/token-marks.ts'
import { TOKEN_LENGTH_MAX } from '../../src/token/tunnel-token.ts'

const nowMs = Date.parse('2026-11-20T12:00:00Z')
const key = makeIssuingKey(nowMs)
const other = makeIssuingKey(nowMs)
const keys = makeKeyRing([key, other].map(takingHalf))
const wish = {
  audience: 'hosts',
  subject: 'desk-7',
  to: 'host.example:992',
  once: false,
  innerNames: 'checked',
  ttlMs: 900_000,
} as const
const issue = (more: Partial<Parameters<typeof issueToken>[0]> = {}, by: IssuingKey = key) =>
  issueToken({ ...wish, ...more }, { key: by, nowMs })
const question = { keys, audience: 'hosts', nowMs }

it('a token says what it was made to say, until it ends', async () => {
  const { id, token, expiresMs } = await issue({ once: true, innerNames: 'unchecked' })
  const read = await readToken(token, question)
  assert.deepEqual(read, {
    ...{ id, audience: 'hosts', subject: 'desk-7', to: 'host.example:992', issuedMs: nowMs, expiresMs },
    ...{ once: true, innerNames: 'unchecked', keyId: key.id },
  })
  assert.equal(expiresMs, nowMs + 900_000)
  await readToken(token, { ...question, nowMs: expiresMs - 1000 })
  await readToken(token, { ...question, nowMs: nowMs - 300_000 })
})

it('a token that may be used again and again has the names inside it checked', async () => {
  for (const make of [issue({ once: false }), { token: await forge({ claims: { names: 'other', once: 'yes' } }) }]) {
    const { once, innerNames } = await readToken((await make).token, question)
    assert.deepEqual({ once, innerNames }, { once: false, innerNames: 'checked' })
  }
})

it('whoever only looks at a token takes it for any service', async () => {
  const { token } = await issue({ audience: 'others' })
  assert.equal((await readToken(token, { ...question, audience: undefined })).audience, 'others')
})

it('a token hides where it leads, and to whom it was given', async () => {
  const { token } = await issue()
  const seen = token
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString('latin1'))
    .join()
  for (const secret of ['host.example', '992', 'desk-7', 'hosts']) assert.ok(!seen.includes(secret), secret)
})

/** Signs and encrypts whatever it is told to. */
async function forge({
  claims = {},
  inner = {},
  outer = {},
  signedBy = key,
  hiddenBy = key,
}: {
  claims?: Record<string, unknown>
  inner?: Record<string, unknown>
  outer?: Record<string, unknown>
  signedBy?: IssuingKey
  hiddenBy?: IssuingKey
}): Promise<string> {
  const [iat, exp] = [nowMs / 1000, nowMs / 1000 + 900]
  const jti = `${exp.toString(36)}-${'A'.repeat(22)}`
  const all = { iss: 'vedette', aud: 'hosts', sub: 'desk-7', to: 'host.example:992', jti, iat, exp, ...claims }
  const signed = await new SignJWT(JSON.parse(JSON.stringify(all)))
    .setProtectedHeader({ alg: 'EdDSA', typ: 'vedette-tunnel+jwt', kid: signedBy.id, ...inner })
    .sign(crypto.createPrivateKey(signedBy.signing))
  return hide(signed, hiddenBy, outer)
}

function hide(text: string, by: IssuingKey, outer: Record<string, unknown> = {}): Promise<string> {
  const usual = { alg: 'dir', enc: 'A256GCM', typ: 'vedette-tunnel', cty: 'JWT', kid: by.id }
  return new CompactEncrypt(Buffer.from(text))
    .setProtectedHeader({ ...usual, ...outer } as never)
    .encrypt(Buffer.from(by.hiding, 'base64url'))
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const payload = { iss: 'vedette', aud: 'hosts', sub: 's', to: 'a.example:1', jti: 'x', iat: 1, exp: 9e9 }

/** Puts another header in front of a sound token. */
async function withHeader(header: object | string): Promise<string> {
  const { token } = await issue()
  const text = typeof header === 'string' ? Buffer.from(header).toString('base64url') : encode(header)
  return [text, ...token.split('.').slice(1)].join('.')
}

const header = { alg: 'dir', enc: 'A256GCM', typ: 'vedette-tunnel', cty: 'JWT', kid: key.id }
const publicPem = takingHalf(key).verifying

type Row = [reason: string, make: () => Promise<string>, says: RegExp, atMs?: number]

const refused: Row[] = [
  ['nothing', async () => '', /not shaped/],
  ['a megabyte', async () => 'e'.repeat(1_000_000), /longer than any/],
  ['a word', async () => 'Bearer', /not shaped/],
  ['as many letters as a token may have', async () => 'e'.repeat(TOKEN_LENGTH_MAX), /not shaped/],
  ['one more than that', async () => 'e'.repeat(TOKEN_LENGTH_MAX + 1), /longer than any/],
  ['one with something in front of it', async () => `!${(await issue()).token}`, /not shaped/],
  ['one with something behind it', async () => `${(await issue()).token}!`, /not shaped/],
  ...[0, 2, 3, 4].map((at): Row => {
    return [
      `one whose part ${at} is empty`,
      async () => (await issue()).token.split('.').with(at, '').join('.'),
      /not shaped/,
    ]
  }),
  ['one that has expired', async () => (await issue()).token, /has expired/, nowMs + 900_000],
  ['one made a little later than five minutes from now', async () => (await issue()).token, /future/, nowMs - 301_000],
  ['one of another service', async () => (await issue({ audience: 'others' })).token, /another service/],
  [
    'one made with a key that is not here',
    async () => (await issue({}, makeIssuingKey(nowMs))).token,
    /key that is not here/,
  ],
  [
    'one whose last letter was changed',
    async () => (await issue()).token.replace(/..$/, (end) => (end === 'AA' ? 'BB' : 'AA')),
    /was changed/,
  ],
  [
    'one whose text was cut',
    async () => (await issue()).token.replace(/\.([^.]{20})[^.]*\.([^.]*)$/, '.$1.$2'),
    /was changed/,
  ],
  ['one whose header names another key of ours', async () => withHeader({ ...header, kid: other.id }), /was changed/],
  ['one signed by us for another use', async () => forge({ inner: { typ: 'JWT' } }), /does not hold in typ/],
  ['one of two halves', async () => forge({ signedBy: other }), /not signed by us/],
  [
    'one of two halves that says so',
    async () => forge({ inner: { kid: other.id } }),
    /another key than it is hidden with/,
  ],
  ['one of another issuer', async () => forge({ claims: { iss: 'somebody' } }), /does not hold in iss/],
  ['one without an end', async () => forge({ claims: { exp: undefined } }), /does not hold in exp/],
  [
    'one that lives too long',
    async () => {
      const exp = nowMs / 1000 + 90_000
      return forge({ claims: { exp, jti: `${exp.toString(36)}-${'A'.repeat(22)}` } })
    },
    /lives longer/,
  ],
  [
    'one whose id tells another end',
    async () => forge({ claims: { jti: `zzzzzz-${'A'.repeat(22)}` } }),
    /none of ours says/,
  ],
  [
    'one whose id leads out of the folder',
    async () => forge({ claims: { jti: '../../etc/passwd' } }),
    /none of ours says/,
  ],
  ['one for two services', async () => forge({ claims: { aud: ['hosts', 'others'] } }), /none of ours says/],
  ['one signed by the other name of the algorithm', async () => forge({ inner: { alg: 'Ed25519' } }), /cannot be read/],
  ...['sub', 'jti', 'iat', 'to'].map((claim): Row => {
    return [
      `one without ${claim}`,
      async () => forge({ claims: { [claim]: undefined } }),
      new RegExp(`does not hold in ${claim}`),
    ]
  }),
  ['one whose subject is a number', async () => forge({ claims: { sub: 7 } }), /none of ours says/],
  ['one that leads to a number', async () => forge({ claims: { to: 7 } }), /none of ours says/],
  ['one made between two seconds', async () => forge({ claims: { iat: nowMs / 1000 - 0.5 } }), /none of ours says/],
  ['one that leads nowhere', async () => forge({ claims: { to: 'nowhere' } }), /./],
  [
    'alg none inside',
    async () => hide(`${encode({ alg: 'none', typ: 'vedette-tunnel+jwt', kid: key.id })}.${encode(payload)}.`, key),
    /cannot be read/,
  ],
  [
    'HS256 with our public key as its secret',
    async () => {
      const head = `${encode({ alg: 'HS256', typ: 'vedette-tunnel+jwt', kid: key.id })}.${encode(payload)}`
      return hide(`${head}.${crypto.createHmac('sha256', publicPem).update(head).digest('base64url')}`, key)
    },
    /cannot be read/,
  ],
  ['alg none outside', async () => withHeader({ alg: 'none' }), /header that is not ours/],
  ['a plain JWT', async () => `${encode({ alg: 'none' })}.${encode(payload)}.`, /not shaped/],
  [
    'a password with millions of rounds',
    async () => withHeader({ ...header, alg: 'PBES2-HS512+A256KW', p2c: 2_000_000_000, p2s: 'AAAA' }),
    /header that is not ours/,
  ],
  ['a critical extension', async () => withHeader({ ...header, crit: ['b64'], b64: false }), /header that is not ours/],
  ['a compressed text', async () => withHeader({ ...header, zip: 'DEF' }), /header that is not ours/],
  [
    'a key id that is a path',
    async () => withHeader({ ...header, kid: '../../keys/other' }),
    /header that is not ours/,
  ],
  ['a key id that is SQL', async () => withHeader({ ...header, kid: "' OR 1=1 --" }), /header that is not ours/],
  [
    'a key that it brings itself',
    async () => withHeader({ ...header, jku: 'https://evil.example/keys' }),
    /header that is not ours/,
  ],
  [
    'a header that says one thing twice',
    async () =>
      withHeader(
        `{"alg":"dir","enc":"A256GCM","typ":"vedette-tunnel","cty":"JWT","kid":"${key.id}","kid":"${other.id}"}`,
      ),
    /header that is not ours/,
  ],
  ['a header that is no JSON', async () => withHeader('{'), /header that is not ours/],
]

describe('a token that is not taken', () => {
  for (const [reason, make, says, atMs = nowMs] of refused) {
    it(reason, async () => {
      const text = await make()
      const startMs = performance.now()
      await assert.rejects(readToken(text, { ...question, nowMs: atMs }), (error) => {
        assert.ok(error instanceof SidecarError)
        assert.ok(['CALLER_TOKEN_REFUSED', 'CALLER_BAD_TARGET'].includes(error.code), error.code)
        assert.match(error.message, says)
        return true
      })
      // The first use of the library pays for loading its ways; 2·10⁹ rounds would take hours.
      assert.ok(performance.now() - startMs < 500)
    })
  }
})

it('every letter of a token counts', async () => {
  const { token } = await issue()
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  for (let at = 0; at < token.length; at += 7) {
    if (token[at] === '.') continue
    const changed = alphabet[(alphabet.indexOf(token[at] as string) + 32) % 64]
    const spoiled = token.slice(0, at) + changed + token.slice(at + 1)
    await assert.rejects(readToken(spoiled, question), { code: 'CALLER_TOKEN_REFUSED' }, `letter ${at}`)
  }
})

function folder(t: TestContext): string {
  const made = mkdtempSync(path.join(tmpdir(), 'vedette-tokens-'))
  t.after(() => rmSync(made, { recursive: true, force: true }))
  return made
}

describe('keys', () => {
  it('change without a token that is out being refused, and end when the overlap is over', async (t) => {
    const place = folder(t)
    const hourMs = 3_600_000
    const ring = async () => makeKeyRing((await readKeys(place, 'k')).map(takingHalf))
    const { key: first } = await rotateKeys(place, 'k', { nowMs, overlapMs: hourMs })
    const { token } = await issueToken({ ...wish, ttlMs: 24 * hourMs }, { key: first, nowMs })
    const { key: second, removed } = await rotateKeys(place, 'k', { nowMs: nowMs + 5 * hourMs, overlapMs: hourMs })
    assert.deepEqual(removed, [])
    assert.equal((await readKeys(place, 'k'))[0]?.id, second.id)
    const later = { audience: 'hosts', nowMs: nowMs + 6 * hourMs }
    assert.equal((await readToken(token, { ...later, keys: await ring() })).to, 'host.example:992')
    const third = await rotateKeys(place, 'k', { nowMs: nowMs + 7 * hourMs, overlapMs: hourMs })
    assert.deepEqual(third.removed, [first.id])
    await assert.rejects(readToken(token, { ...later, keys: await ring() }), /key that is not here/)
  })

  it('are readable by nobody else, and a file that is none is told', async (t) => {
    const place = folder(t)
    await rotateKeys(place, 'k', { nowMs, overlapMs: 0 })
    const [file = ''] = readdirSync(path.join(place, 'k'))
    assert.equal(statSync(path.join(place, 'k', file)).mode & 0o777, 0o600)
    writeFileSync(path.join(place, 'k', 'x.token-key.json'), '{"id":"x"}')
    await assert.rejects(readKeys(place, 'k'), { code: 'OPERATOR_BAD_IDENTITY' })
  })

  it('leave the half that makes tokens out of what workers get', () => {
    assert.ok(!JSON.stringify(takingHalf(key)).includes('PRIVATE'))
  })
})

describe('marks', () => {
  it('let one of many through who bring the same token at once', async (t) => {
    const state = folder(t)
    const { id } = await issue()
    const won = await Promise.all(Array.from({ length: 50 }, () => new TokenMarks(state).add(id)))
    assert.equal(won.filter(Boolean).length, 1)
    assert.equal(await new TokenMarks(state).has(id), true)
    assert.equal(await new TokenMarks(state).has((await issue()).id), false)
  })

  it('are thrown away when the token has ended by itself, and not before', async (t) => {
    const state = folder(t)
    const marks = new TokenMarks(state)
    const { id, expiresMs } = await issue()
    await marks.add(id)
    assert.equal(await marks.sweep(expiresMs), 0)
    assert.equal(await marks.sweep(expiresMs + 3_600_000), 1)
    assert.equal(await marks.has(id), false)
  })

  it('never leave their folder', async (t) => {
    const state = folder(t)
    await assert.rejects(new TokenMarks(state).add('../escaped'), { code: 'OPERATOR_USAGE' })
    assert.equal(existsSync(path.join(state, 'escaped')), false)
  })
})
