/** U7 to U12: what an uploaded file can do is be refused, or be looked at; it is trusted when somebody says so by name. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { before, test } from 'node:test'
import { type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { honestPkcs12 } from '../kit/hostile-pkcs12.ts'
import { leastProcessorMs } from '../kit/least-processor-ms.ts'
import { startAdmin } from '../kit/start-admin.ts'

let root: MadeCertificate
before(async () => {
  root = await makeCertificate({ subject: 'Corp Root', ca: true })
})

const upload = 'uploadCertificates'
const corp = { store: 'corp' }

test('an upload is shown, and trusted by name; the store holds it under its digest alone', async (t) => {
  const admin = await startAdmin(t)
  const client = await admin.as('operator')
  const shown = await client.ask(upload, { params: corp, body: Buffer.from(root.certificate) })
  assert.equal(shown.status, 201, JSON.stringify(shown.body))
  const [{ sha256, subject }] = shown.body.fresh
  assert.equal(subject, 'CN=Corp Root')
  assert.deepEqual(readdirSync(admin.truststores), [], 'looking trusts nothing')
  const params = { ...corp, digest: shown.body.digest }
  const headers = { prefer: 'wait=10' }
  const other = await client.ask('commitUpload', { params, body: { sha256: ['0'.repeat(64)] }, headers })
  assert.equal(other.status, 422)
  const done = await client.ask('commitUpload', { params, body: { sha256: [sha256] }, headers })
  assert.equal(done.body.state, 'done', JSON.stringify(done.body))
  assert.deepEqual(
    admin.wishes.map(({ kind }) => kind),
    ['reload'],
  )
  assert.deepEqual(readdirSync(path.join(admin.truststores, 'corp')), [`${sha256.slice(0, 32)}.pem`])
  assert.equal((await client.ask('commitUpload', { params, body: { sha256: [sha256] } })).status, 404, 'once')
  const store = await client.ask('trustStore', { params: corp })
  assert.deepEqual(
    store.body.anchors.map(({ subject }: { subject: string }) => subject),
    ['CN=Corp Root'],
  )
  const again = await client.ask(upload, { params: corp, body: Buffer.from(root.certificate) })
  assert.deepEqual([again.body.fresh.length, again.body.known.length], [0, 1])
  const last = await client.ask('removeCertificate', { params: { ...corp, sha256 }, headers })
  assert.equal(last.body.state, 'failed', 'the last one stays')
})

test('U7: multipart and compressed uploads are not even read', async (t) => {
  const admin = await startAdmin(t)
  const client = await admin.as('operator')
  const target = '/api/v1/truststores/corp/uploads'
  const send = (body: Buffer, headers: Record<string, string>) => client.send(target, { method: 'POST', body, headers })
  const boundary = 'b'.repeat(252)
  const part = Buffer.from(
    `--${boundary}\r\ncontent-disposition: form-data; name="a[99999999]"\r\n\r\nx\r\n--${boundary}--`,
  )
  assert.equal((await send(part, { 'content-type': `multipart/form-data; boundary=${boundary}` })).status, 415)
  const bomb = Buffer.from('1f8b0800000000000003', 'hex')
  assert.equal((await send(bomb, { 'content-encoding': 'gzip' })).status, 415)
  assert.equal((await send(Buffer.from('504b0304', 'hex'), {})).status, 422, 'a zip file is no certificate')
  const nested = Buffer.from(`a${'[a]'.repeat(3000)}=1`)
  assert.equal((await send(nested, { 'content-type': 'application/x-www-form-urlencoded' })).status, 415)
  const parts = `--${boundary}\r\ncontent-disposition: form-data; name="x"\r\n\r\n`.repeat(20_000)
  const ms = await leastProcessorMs(async () => {
    const { status } = await send(Buffer.from(parts), { 'content-type': `multipart/form-data; boundary=${boundary}` })
    assert.equal(status, 415)
  })
  assert.ok(ms < 100, `${ms} ms`)
})

test('U8: a file that is too large or holds too many is refused', async (t) => {
  const admin = await startAdmin(t)
  const client = await admin.as('operator')
  assert.equal((await client.ask(upload, { params: corp, body: Buffer.alloc(10 * 1_048_576 + 1) })).status, 413)
  const many = Buffer.from(root.certificate.repeat(1001))
  const { status, body } = await client.ask(upload, { params: corp, body: many })
  assert.deepEqual([status, body.code], [413, 'OPERATOR_TOO_LARGE'])
  // As short as a certificate can look, and a hundred thousand of them.
  const short = '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n'
  const flood = Buffer.from(short.repeat(100_000))
  const ms = await leastProcessorMs(async () => {
    const answer = await client.ask(upload, { params: corp, body: flood })
    assert.equal(answer.status, 422)
  }, 2)
  assert.ok(ms < 2000, `${ms} ms`)
})

test('U8: an upload that comes drop by drop holds nobody up, and ends when its time is over', async (t) => {
  const limits = { headersTimeout: 300, requestTimeout: 300, connectionsCheckingInterval: 50 }
  const admin = await startAdmin(t, { limits })
  const client = await admin.as('operator')
  const { port } = new URL(admin.url)
  const headers = { cookie: client.cookie, 'content-type': 'application/octet-stream', 'content-length': '1000000' }
  const drip = http.request({
    host: '127.0.0.1',
    port,
    method: 'POST',
    path: '/api/v1/truststores/corp/uploads',
    headers,
  })
  drip.on('error', () => {})
  const drops = setInterval(() => drip.write('-'), 50)
  t.after(() => clearInterval(drops))
  assert.equal((await client.ask('status')).status, 200)
  const [answer] = (await once(drip, 'response')) as [http.IncomingMessage]
  assert.equal(answer.statusCode, 408)
  answer.resume()
})

test('U9: no name that somebody gives becomes a path', async (t) => {
  const admin = await startAdmin(t)
  const client = await admin.as('operator')
  for (const store of [
    '../../etc',
    '..',
    '.',
    'a/b',
    'a\\b',
    'a\u0000b',
    '/etc/passwd',
    'x'.repeat(4096),
    '\u202egnp',
    'a b',
    '',
  ]) {
    const { status } = await client.ask(upload, { params: { store }, body: Buffer.from(root.certificate) })
    assert.ok(status >= 400 && status < 500, `${JSON.stringify(store.slice(0, 20))}: ${status}`)
  }
  assert.deepEqual(readdirSync(admin.truststores), [])
})

test('U10: a private key is refused by name and kept nowhere', async (t) => {
  const admin = await startAdmin(t)
  const client = await admin.as('operator')
  for (const body of [root.key, root.certificate + root.key]) {
    const { status, body: problem } = await client.ask(upload, { params: corp, body: Buffer.from(body) })
    assert.equal(status, 422)
    assert.match(problem.detail, /private key/)
  }
  const answers = JSON.stringify([(await client.ask('trustStores')).body, admin.logged])
  assert.ok(!answers.includes('PRIVATE KEY'))
  assert.ok(!readFileSync(admin.history.file).includes('PRIVATE KEY'))
})

test('U11: what is weak, over, not yet valid or no authority is listed with its reason', async (t) => {
  const admin = await startAdmin(t)
  const client = await admin.as('operator')
  const day = 86_400_000
  const odd = await Promise.all([
    makeCertificate({
      subject: 'over',
      ca: true,
      notBefore: new Date(Date.now() - 9 * day),
      notAfter: new Date(Date.now() - day),
    }),
    makeCertificate({
      subject: 'not yet',
      ca: true,
      notBefore: new Date(Date.now() + day),
      notAfter: new Date(Date.now() + 9 * day),
    }),
    makeCertificate({ subject: 'leaf', sans: { dns: ['leaf.example'] } }),
    makeCertificate({ subject: 'short', ca: true, keyType: 'rsa', keyBits: 512, signatureHash: 'sha256' }),
    makeCertificate({ subject: 'old', ca: true, signatureHash: 'sha1' }),
  ])
  const body = Buffer.from([root, ...odd, root].map(({ certificate }) => certificate).join(''))
  const { body: shown } = await client.ask(upload, { params: corp, body })
  const warned = Object.fromEntries(
    shown.fresh.map(({ subject, warnings }: { subject: string; warnings: string[] }) => [subject, warnings.join('; ')]),
  )
  const reasons: Record<string, RegExp> = {
    'CN=Corp Root': /^$/,
    'CN=over': /^expired on \d{4}/,
    'CN=not yet': /not valid before/,
    'CN=leaf': /^not a CA/,
    'CN=short': /^weak key: rsa 512/,
    'CN=old': /^weak signature: .*sha1/i,
  }
  assert.deepEqual(Object.keys(warned).toSorted(), Object.keys(reasons).toSorted(), 'each once')
  assert.equal(shown.fresh.length, Object.keys(reasons).length)
  for (const [subject, reason] of Object.entries(reasons)) assert.match(warned[subject], reason)
  assert.deepEqual(readdirSync(admin.truststores), [], 'not one of them is trusted')
})

test('U12: the password of a key store is used and told nowhere', async (t) => {
  const admin = await startAdmin(t)
  const client = await admin.as('operator')
  const password = 'pässwörd-canary-€'
  const store = honestPkcs12([root.der], password)
  const send = (text: string) =>
    client.ask(upload, { params: corp, body: store, headers: { 'vedette-store-password': encodeURIComponent(text) } })
  const good = await send(password)
  assert.equal(good.status, 201, JSON.stringify(good.body))
  const bad = await send('canary-wrong')
  assert.equal(bad.status, 422)
  const record = await (await admin.as('admin')).ask('auditExport')
  const said =
    JSON.stringify([good.body, bad.body, record.body, admin.logged]) + readFileSync(`${admin.history.file}`, 'latin1')
  assert.doesNotMatch(said, /canary/)
})
