import assert from 'node:assert/strict'
import { symlink } from 'node:fs/promises'
import path from 'node:path'
import test from 'node:test'
import { listStores, storeFiles } from '../../src/truststore/store-files.ts'
import { makeStoreFolder } from '../kit/make-store-folder.ts'

const good: { why: string; files: readonly string[]; found: readonly string[] }[] = [
  {
    why: 'a folder with every format',
    files: ['a.pem', 'b.CRT', 'c.cer', 'd.der', 'e.p7b', 'f.p12', 'g.pfx', 'h.jks', 'i.jceks'].map(
      (each) => `corp/${each}`,
    ),
    found: ['a.pem', 'b.CRT', 'c.cer', 'd.der', 'e.p7b', 'f.p12', 'g.pfx', 'h.jks', 'i.jceks'].map(
      (each) => `corp/${each}`,
    ),
  },
  {
    why: 'what a JDK calls its store',
    files: ['corp/cacerts', 'corp/jssecacerts'],
    found: ['corp/cacerts', 'corp/jssecacerts'],
  },
  {
    why: 'nothing that is no certificate',
    files: ['corp/a.p12', 'corp/a.p12.password', 'corp/password', 'corp/README.md', 'corp/.b.pem'],
    found: ['corp/a.p12'],
  },
  { why: 'a single PEM file', files: ['corp.pem', 'other.pem'], found: ['corp.pem'] },
  { why: 'a single key store', files: ['corp.p12', 'corp.p12.password'], found: ['corp.p12'] },
]
for (const { why, files, found } of good) {
  test(`a store is ${why}`, async (t) => {
    const folder = await makeStoreFolder(t, Object.fromEntries(files.map((file) => [file, ''])))
    const store = await storeFiles(folder, 'corp')
    assert.deepEqual(
      store.files,
      found.map((file) => path.join(folder, file)),
    )
    assert.equal(store.folder, found[0]?.includes('/') ? path.join(folder, 'corp') : undefined)
  })
}

const bad: { why: string; files: readonly string[]; message: RegExp }[] = [
  { why: 'nowhere', files: [], message: /does not exist/ },
  { why: 'an empty folder', files: ['corp/README.md'], message: /holds no certificate/ },
  {
    why: 'a folder and a file',
    files: ['corp/a.pem', 'corp.pem'],
    message: /there more than once \(.*corp\/, .*corp\.pem\)/,
  },
  { why: 'two files', files: ['corp.pem', 'corp.jks'], message: /there more than once/ },
]
for (const { why, files, message } of bad) {
  test(`a store that is ${why} is refused`, async (t) => {
    const folder = await makeStoreFolder(t, Object.fromEntries(files.map((file) => [file, ''])))
    await assert.rejects(storeFiles(folder, 'corp'), { code: 'OPERATOR_BAD_TRUST_STORE', message })
  })
}

test('Java’s own store is a store by its bare name', async (t) => {
  const folder = await makeStoreFolder(t, { cacerts: '' })
  assert.deepEqual((await storeFiles(folder, 'cacerts')).files, [path.join(folder, 'cacerts')])
})

test('a folder may be a symbolic link', async (t) => {
  const folder = await makeStoreFolder(t, { 'elsewhere/a.pem': '' })
  await symlink('elsewhere', path.join(folder, 'corp'))
  assert.deepEqual((await storeFiles(folder, 'corp')).files, [path.join(folder, 'corp/a.pem')])
})

test('stores are listed by name, once, without what is none', async (t) => {
  const files = { 'lab/x': '', 'corp.p12': '', 'corp.p12.password': '', cacerts: '', 'README.md': '', '.git/a.pem': '' }
  assert.deepEqual(await listStores(await makeStoreFolder(t, files)), ['cacerts', 'corp', 'lab'])
  assert.deepEqual(await listStores('/nonexistent'), [])
})
