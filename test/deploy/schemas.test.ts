/**
 * Goal: the manifests say what their readers understand, down to a key that is misspelt. Method: Compose reads its own file;
 * what Kubernetes takes is in types made from its API, so each manifest is written out as a value of its type and compiled.
 * Neither needs an engine or a cluster.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'
import { needTools } from '../../bench/rig/tools.ts'
import { runProgram } from '../kit/start-sidecar.ts'

const top = fileURLToPath(new URL('../../', import.meta.url))
const read = (file: string) => readFileSync(path.join(top, file), 'utf8')

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-manifest-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

describe('Compose', { concurrency: true }, () => {
  async function complaints(t: TestContext, text: string): Promise<string> {
    await needTools(['docker-compose'])
    const file = path.join(folderOf(t), 'compose.yaml')
    writeFileSync(file, text)
    return (await runProgram('docker-compose', ['-f', file, 'config', '-q'])).stderr
  }

  it('takes its file', async (t) => {
    assert.equal(await complaints(t, read('deploy/compose/compose.yaml')), '')
  })

  it('would not take one with a misspelt key', async (t) => {
    const text = read('deploy/compose/compose.yaml').replace('cap_drop', 'cap_dorp')
    assert.match(await complaints(t, text), /Unsupported config option for services\.vedette: 'cap_dorp'/)
  })
})

const types: Readonly<Record<string, string>> = {
  ConfigMap: 'core/v1',
  Pod: 'core/v1',
  NetworkPolicy: 'networking/v1',
}

describe('Kubernetes', { concurrency: true }, () => {
  /** Compiles every manifest of the texts; the file that each is in says its kind. */
  async function complaints(t: TestContext, texts: readonly string[]): Promise<string> {
    const folder = folderOf(t)
    const manifests = texts.flatMap((text) => parseAllDocuments(text).map((one) => one.toJS() as { kind: string }))
    for (const manifest of manifests) {
      const { kind } = manifest
      assert.ok(types[kind], `${kind} is not known here`)
      const text = `import type { ${kind} } from 'kubernetes-types/${types[kind]}'\nexport const it: ${kind} = ${JSON.stringify(manifest, undefined, 1)}\n`
      writeFileSync(path.join(folder, `${kind}.ts`), text)
    }
    const paths = { 'kubernetes-types/*': [path.join(top, 'node_modules/kubernetes-types/*')] }
    const compilerOptions = { strict: true, noEmit: true, module: 'nodenext', target: 'es2024', types: [], paths }
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
    return (await runProgram(process.execPath, [path.join(top, 'node_modules/typescript/bin/tsc'), '-p', folder]))
      .stdout
  }
  const sidecar = read('deploy/kubernetes/sidecar.yaml')
  const networkPolicy = read('deploy/kubernetes/network-policy.yaml')

  it('takes the manifests', async (t) => {
    assert.equal(await complaints(t, [sidecar, networkPolicy]), '')
  })

  it('would not take those with a misspelt key or a text for a number', async (t) => {
    const text = sidecar.replace(/terminationGracePeriodSeconds: (\d+)/, 'terminationGracePeriodSeconds: "$1"')
    const told = await complaints(t, [text, networkPolicy.replace('policyTypes:', 'policyType:')])
    assert.match(told, /Pod\.ts.*Type 'string' is not assignable to type 'number'/)
    assert.match(told, /NetworkPolicy\.ts.*'"policyType"' does not exist/)
  })
})
