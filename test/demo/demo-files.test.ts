import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { writeDemoFiles } from '../../src/demo/demo-files.ts'
import { decide } from '../../src/policy/decide.ts'
import { parsePolicy } from '../../src/policy/document/parse-policy.ts'
import { parseAuthority } from '../../src/policy/parse-destination.ts'
import { loadSettings } from '../../src/settings/load-settings.ts'

const ports = { proxy: 3128, admin: 9080, health: 9901 }

describe('the files of the demo', () => {
  it('are a sound policy and sound settings that find each other', (t) => {
    const files = writeDemoFiles({ rootPem: 'the root', revocationList: Buffer.from('the list'), ports })
    t.after(files.remove)
    const { settings } = loadSettings({ file: files.settings, environment: {}, folder: '/' })
    assert.equal(settings.policy, files.policy)
    assert.equal(settings.state, files.state)
    assert.deepEqual(settings.proxy.listen, [{ host: '127.0.0.1', port: 3128 }])
    assert.equal(readFileSync(path.join(settings.truststores, 'demo', 'root.pem'), 'utf8'), 'the root')
    assert.equal(readFileSync(path.join(settings.crls, 'root.crl'), 'utf8'), 'the list')
    const { policy } = parsePolicy(readFileSync(files.policy, 'utf8'), { file: files.policy })
    assert.equal(decide(policy, parseAuthority('good.demo.localhost:1')).rule.strict, true)
    assert.equal(decide(policy, parseAuthority('no-sni.demo.localhost:1')).rule.sni, false)
    assert.equal(decide(policy, parseAuthority('allowed-untrusted.demo.localhost:1')).rule.allowUntrusted, true)
    assert.equal(decide(policy, parseAuthority('revoked.demo.localhost:1')).rule.revocation.mode, 'hard')
    assert.equal(decide(policy, parseAuthority('forbidden.demo.localhost:1')).allowed, false)
  })

  it('say the same again as flags, which beat every variable of the environment', (t) => {
    const files = writeDemoFiles({ rootPem: '', revocationList: Buffer.alloc(0), ports })
    t.after(files.remove)
    const environment = { VEDETTE_LOG_FORMAT: 'pretty', VEDETTE_PROXY_LISTEN: '127.0.0.1:1', VEDETTE_STATE: '/nowhere' }
    const given = Object.fromEntries(
      files.flags.flatMap((flag, at) =>
        flag.startsWith('--') ? [[flag.slice(2).replace('-', '.'), files.flags[at + 1]]] : [],
      ),
    )
    const plain = loadSettings({ file: files.settings, environment: {}, folder: '/' }).settings
    assert.deepEqual(loadSettings({ file: files.settings, environment, folder: '/', flags: given }).settings, plain)
  })

  it('go when they are removed', () => {
    const files = writeDemoFiles({ rootPem: '', revocationList: Buffer.alloc(0), ports })
    files.remove()
    assert.equal(existsSync(files.folder), false)
  })
})
