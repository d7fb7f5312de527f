import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { suites } from '../../../src/policy/catalogue/catalogue.ts'
import { cipherColumns, columnsOf, selectionOf } from '../../../src/policy/catalogue/cipher-columns.ts'
import { policyOf } from '../policy-text.ts'

describe('the columns Available and Selected', () => {
  it('hold everything that can be offered once, and nothing that cannot', () => {
    const { selected, available } = columnsOf('ciphers', ['AES128-SHA', 'ECDHE-RSA-AES128-GCM-SHA256'])
    const names = [...selected, ...available].map(({ name }) => name)
    const free = suites.filter(({ needs }) => needs === undefined).map(({ iana }) => iana)
    assert.deepEqual(names.toSorted(), free.toSorted())
  })

  it('keep the order of the selection, whatever names it uses', () => {
    const { selected } = columnsOf('ciphers', [
      'SSL_RSA_WITH_AES_128_CBC_SHA',
      'ECDHE-RSA-AES128-GCM-SHA256',
      'AES128-SHA',
    ])
    const expected = ['TLS_RSA_WITH_AES_128_CBC_SHA', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256']
    assert.deepEqual(
      selected.map(({ name }) => name),
      expected,
    )
  })

  it('mark defaults and what is weak, with the reason', () => {
    const { selected } = columnsOf('ciphers', ['AES128-SHA', 'ECDHE-RSA-AES128-GCM-SHA256'])
    const marks = selected.map(({ isDefault, strength, reason }) => [isDefault, strength, reason])
    assert.deepEqual(marks, [
      [false, 'weak', 'no-forward-secrecy, cbc'],
      [true, 'good', ''],
    ])
  })

  it('leave out of both what the platform lost, and tell it', () => {
    const { selected, available, lost } = columnsOf('ciphers', ['RC4-SHA', 'AES128-SHA', 'NEVER-WAS'])
    assert.deepEqual(
      selected.map(({ openssl }) => openssl),
      ['AES128-SHA'],
    )
    assert.ok(!available.some(({ name }) => name.includes('RC4')))
    assert.deepEqual(lost, [
      { name: 'RC4-SHA', reason: 'RC4 and RC2 are broken, and gone from this OpenSSL' },
      { name: 'NEVER-WAS', reason: 'nothing of that name is known' },
    ])
  })

  it('show a policy: what it selects is what it offers', () => {
    const { tls } = policyOf('tls: { profile: stig-tls12 }').unlisted
    const { protocols, ciphers, groups } = cipherColumns(selectionOf(tls))
    assert.deepEqual(
      protocols?.selected.map(({ name }) => name),
      ['TLSv1.2'],
    )
    assert.deepEqual(
      protocols?.available.map(({ name }) => name),
      ['TLSv1.3', 'TLSv1.1', 'TLSv1'],
    )
    assert.deepEqual(
      ciphers?.selected.map(({ name }) => name),
      tls.ciphers,
    )
    assert.deepEqual(
      groups?.selected.map(({ name }) => name),
      ['P-384', 'P-256', 'P-521'],
    )
  })
})
