/**
 * A11, A12 and U12 on the whole product: secrets go through every door that takes some, hostile bytes through those that
 * write down what they were shown, and then everything that the product has said, stored or stands under in /proc is read.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { test } from 'node:test'
import { processTree } from '../../bench/rig/processes.ts'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { honestPkcs12 } from '../kit/hostile-pkcs12.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { startJourney } from '../kit/page-journey.ts'
import { startBackend } from '../kit/start-backend.ts'

const canary = 'canary-5be1a8-canary'
const odd = 'x\r\n{"event":"forged"}\u001b[2J\u2028y'

test('A12, U12: secrets stand nowhere afterwards; A11: whatever a server is called is one escaped line', async (t) => {
  const corp = await makeTrust(['own.localhost'])
  const hostile = await makeCertificate({ subject: odd, sans: { dns: ['own.localhost'] } })
  const backend = await startBackend(t, { certificate: hostile })
  const { sidecar, admin } = await startJourney(t, {})
  const authority = `own.localhost:${backend.port}`
  const secrets = { authorization: `Bearer ${canary}`, 'proxy-authorization': `Basic ${btoa(`app:${canary}`)}` }
  const ask = (target: string) =>
    new Promise<number>((resolve, reject) => {
      const headers = { host: authority, cookie: `session=${canary}`, ...secrets }
      http
        .get({ host: '127.0.0.1', port: sidecar.proxyPort, path: target, headers, agent: false }, (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        })
        .on('error', reject)
    })
  assert.equal(await ask(`https://${authority}/`), 502, 'self-signed, and its name is shown')
  assert.equal(await ask(`https://app:${canary}@${authority}/`), 400)
  assert.equal(await ask(`http://[${canary}/`), 400)

  const stranger = admin.another()
  assert.equal((await stranger.ask('signIn', { body: { name: 'admin', password: canary } })).status, 401)
  assert.equal((await stranger.ask('policy', { headers: { authorization: `Bearer vdt_key_${canary}` } })).status, 401)
  const made = await admin.ask('addUser', { body: { name: 'kim', role: 'viewer', password: canary } })
  assert.equal(made.status, 201)
  const seen = new Set<string>()
  const uploading = admin.ask('uploadCertificates', {
    params: { store: 'corp' },
    body: honestPkcs12([corp.ca.der], canary),
    headers: { 'vedette-store-password': canary },
  })
  let isOver = false
  uploading.finally(() => (isOver = true))
  while (!isOver) {
    for (const each of standingsOf(sidecar.pid)) seen.add(each)
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.equal((await uploading).status, 201)
  assert.ok(
    [...seen].some((each) => each.includes('parse-child')),
    'the reader of key stores was caught at work',
  )

  const answers = []
  for (const name of [
    'connections',
    'failures',
    'events',
    'sightings',
    'backends',
    'auditExport',
    'users',
    'backup',
    'diagnostics',
  ] as const)
    answers.push(JSON.stringify((await admin.ask(name)).body))
  await sidecar.line(({ findings }) => JSON.stringify(findings ?? '').includes('self-signed'))
  const files = filesIn(sidecar.folder).map((file) => readFileSync(file, 'latin1'))
  const said = [JSON.stringify(sidecar.log), sidecar.messages, ...answers, ...files, ...seen]
  assert.ok(
    said.some((text) => text.includes('forged')),
    'the name of the server is told',
  )
  assert.ok(!sidecar.log.some(({ event }) => event === 'forged'))
  for (const text of said) {
    const at = text.indexOf(canary)
    assert.equal(at, -1, text.slice(Math.max(0, at - 200), at + 50))
  }
})

/** What anybody on the machine may read of these processes. */
function standingsOf(root: number): string[] {
  return processTree(root).flatMap((pid) =>
    ['cmdline', 'environ'].map((name) => {
      try {
        return readFileSync(`/proc/${pid}/${name}`, 'latin1')
      } catch {
        return ''
      }
    }),
  )
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
}
