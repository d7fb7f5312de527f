import assert from 'node:assert/strict'
import path from 'node:path'
import test from 'node:test'
import { readPassword } from '../../src/truststore/read-password.ts'
import { makeStoreFolder } from '../kit/make-store-folder.ts'

const variable = 'VEDETTE_TRUST_PASSWORD_CORP'
const environment = { [variable]: 'from the variable' }
type Files = Record<string, string | Buffer>

const good: { why: string; files: Files; password: string | undefined }[] = [
  { why: 'nowhere', files: {}, password: undefined },
  { why: 'in a file beside the store', files: { 'a.p12.password': 'secret\n' }, password: 'secret' },
  { why: 'with a Windows line end', files: { 'a.p12.password': 'secret\r\n' }, password: 'secret' },
  {
    why: 'with blanks and a line end of its own',
    files: { 'a.p12.password': ' se cret \n\n' },
    password: ' se cret \n',
  },
  { why: 'empty', files: { 'a.p12.password': '' }, password: '' },
  { why: 'not in ASCII', files: { 'a.p12.password': '\ufeffpässwörd-€-🔑' }, password: 'pässwörd-€-🔑' },
  { why: 'for the whole folder', files: { password: 'shared' }, password: 'shared' },
  {
    why: 'for the file before that of the folder',
    files: { 'a.p12.password': 'own', password: 'shared' },
    password: 'own',
  },
  { why: 'for another file', files: { 'b.p12.password': 'other' }, password: undefined },
  { why: 'in a variable', files: { 'a.p12.password-env': `${variable}\n` }, password: 'from the variable' },
  { why: 'in a variable for the folder', files: { 'password-env': variable }, password: 'from the variable' },
]
for (const { why, files, password } of good) {
  test(`a password is found ${why}`, async (t) => {
    const folder = await makeStoreFolder(t, { 'a.p12': '', ...files })
    assert.equal(await readPassword({ file: path.join(folder, 'a.p12'), folder, environment }), password)
  })
}

const bad: { why: string; files: Files; message: RegExp }[] = [
  { why: 'both ways', files: { 'a.p12.password': 'x', 'a.p12.password-env': variable }, message: /keep one of them/ },
  {
    why: 'in a variable that is not set',
    files: { 'password-env': 'VEDETTE_TRUST_PASSWORD_LAB' },
    message: /is not set/,
  },
  { why: 'in a variable of somebody else', files: { 'password-env': 'PATH' }, message: /begins with VEDETTE_TRUST/ },
  { why: 'in what is no text', files: { password: Buffer.from([0xff, 0xfe, 0x41]) }, message: /is not UTF-8/ },
  { why: 'in a book', files: { password: 'x'.repeat(1025) }, message: /1025 bytes are too many/ },
  { why: 'in a folder', files: { 'a.p12.password/x': '' }, message: /not a plain file/ },
]
for (const { why, files, message } of bad) {
  test(`a password ${why} is refused`, async (t) => {
    const folder = await makeStoreFolder(t, { 'a.p12': '', ...files })
    const reading = readPassword({ file: path.join(folder, 'a.p12'), folder, environment })
    await assert.rejects(reading, { code: 'OPERATOR_BAD_TRUST_STORE', message })
  })
}

test('a store that is a single file has no password of a folder', async (t) => {
  const folder = await makeStoreFolder(t, { 'corp.p12': '', password: 'of nobody' })
  assert.equal(await readPassword({ file: path.join(folder, 'corp.p12'), environment }), undefined)
})
