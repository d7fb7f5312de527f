import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { parsePolicy } from '../../src/policy/document/parse-policy.ts'
import { importText } from './import-text.ts'

const service = (lines: string) => `client = yes\n[a]\nconnect = a.example:443\n${lines}\n`

async function ruleOf(text: string, read?: Parameters<typeof importText>[2]) {
  const { policy } = await importText('stunnel', text, read)
  const [rule] = parsePolicy(policy, { file: 'stunnel' }).policy.rules
  assert.ok(rule !== undefined)
  return rule
}

describe('stunnel.conf', () => {
  it('reads a byte order mark, both kinds of comment, and keys in any case', async () => {
    const rule = await ruleOf('\uFEFF; one\n# two\nCLIENT = yes\n[a]\nConnect = a.example:443\nVERIFYCHAIN = yes\n')
    assert.deepEqual([rule.match[0]?.text, rule.strict], ['a.example:443', true])
  })

  it('gives services what stands before the first section, and lets them say otherwise', async () => {
    const text =
      'client = yes\nsni = all.example\n[a]\nconnect = a.example:1\n[b]\nconnect = b.example:1\nsni =\n[c]\nclient = no\nconnect = 1\n'
    const { policy } = await importText('stunnel', text)
    const { rules } = parsePolicy(policy, { file: 'stunnel' }).policy
    assert.deepEqual(
      rules.map(({ name, sni }) => [name, sni]),
      [
        ['a', 'all.example'],
        ['b', false],
      ],
    )
  })

  it('reads included files in their order, and says which it could not read', async () => {
    const read = (path: string) =>
      path === 'conf.d' ? [{ file: 'conf.d/a', text: '[a]\nclient = yes\nconnect = a.example:1' }] : []
    const { policy, report } = await importText('stunnel', 'include = conf.d\ninclude = missing\n', read)
    assert.match(policy, /a\.example:1/)
    assert.ok(report.some(({ line, says }) => line === 2 && /missing cannot be read here/.test(says)))
  })

  it('ends when a file includes itself', async () => {
    const read = () => [{ file: 'again', text: 'include = again\ninclude = again\n' }]
    const { report } = await importText('stunnel', 'include = again\nclient = yes\nconnect = a.example:1', read)
    assert.ok(report.some(({ result, says }) => result === 'ignored' && /again is being read already/.test(says)))
  })

  it('pins the public keys of the certificates that verifyPeer compares with', async () => {
    const { certificate, spkiSha256 } = await makeCertificate({ subject: 'peer' })
    const rule = await ruleOf(service('verifyPeer = yes\nCAfile = peers.pem'), () => [
      { file: 'peers.pem', text: certificate },
    ])
    assert.equal(rule.pins?.mode, 'instead')
    assert.deepEqual(rule.pins?.spkiSha256, [spkiSha256])
  })

  it('verifies chain and name where those certificates cannot be read', async () => {
    const rule = await ruleOf(service('verifyPeer = yes\nCAfile = peers.pem'))
    assert.deepEqual([rule.pins, rule.strict, rule.trustStores], [null, true, ['peers']])
  })

  it('never lets two files share a trust store', async () => {
    const text = `${service('verifyChain = yes\nCAfile = /a/ca.pem')}[b]\nconnect = b.example:1\nverifyChain = yes\nCAfile = /b/ca.pem\n`
    const { policy } = await importText('stunnel', text)
    const stores = parsePolicy(policy, { file: 'stunnel' }).policy.rules.map(({ trustStores }) => trustStores)
    assert.deepEqual(stores, [['ca'], ['ca-2']])
  })

  it('names the place of a line that is none of its grammar', async () => {
    await assert.rejects(
      importText('stunnel', 'client = yes\nnonsense\n'),
      /document:2:1: expected \[service\], key = value/,
    )
  })

  it('keeps secrets out of the report', async () => {
    const { report } = await importText('stunnel', service('protocolPassword = hunter2\nPSKsecrets = /etc/psk'))
    assert.doesNotMatch(JSON.stringify(report), /hunter2/)
  })

  it('lets a minus clear what an option has set, and takes commands of OpenSSL that a policy can say', async () => {
    const lines = ['options = NO_TLSv1_3', 'options = -NO_TLSv1_3', 'options = NO_TLSv1', 'config = Groups:P-384']
    const { tls } = await ruleOf(service(`${lines.join('\n')}\noptions = NO_TLSv1_1\nsslVersionMin = TLSv1.2`))
    assert.deepEqual([tls.protocols, tls.groups], [['TLSv1.2', 'TLSv1.3'], '*P-384'])
    const cleared = await ruleOf(service('options = LEGACY_SERVER_CONNECT\noptions = -LEGACY_SERVER_CONNECT'))
    assert.equal(cleared.tls.unsafeRenegotiation, false)
    assert.equal((await ruleOf(service('options = LEGACY_SERVER_CONNECT'))).tls.unsafeRenegotiation, true)
  })
})
