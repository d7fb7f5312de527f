/**
 * Goal: nothing stands below us that is known to be broken. Method: the versions of what runs, and the lock file, against
 * the lowest that are sound; a release of Node or of a library that mends a hole moves a line here.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly dev?: boolean
  readonly hasInstallScript?: boolean
}
const read = (file: string) => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'))
const locked = Object.entries((read('package-lock.json') as { packages: Record<string, Locked> }).packages)
const packages = locked.filter(([place]) => place !== '').map(([place, facts]) => ({ ...facts, name: nameOf(place) }))

function nameOf(place: string): string {
  return place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)
}

/** Compares by numbers; what stands behind a dash does not count. */
function isAtLeast(version: string, lowest: string): boolean {
  const [have, want] = [version, lowest].map((text) => text.split(/[.-]/).slice(0, 3).map(Number)) as [
    number[],
    number[],
  ]
  const at = have.findIndex((part, index) => part !== want[index])
  return at === -1 || (have[at] as number) > (want[at] as number)
}

function versionsOf(name: string): string[] {
  return packages.filter((each) => each.name === name).flatMap(({ version }) => version ?? [])
}

const lowest: readonly [what: string, versions: readonly string[], lowest: string][] = [
  ['Node', [process.versions.node], '26.10.0'],
  ['OpenSSL', [process.versions.openssl], '3.5.7'],
  ['ws', versionsOf('ws'), '8.21.0'],
  ['qs', versionsOf('qs'), '6.16.0'],
  ['undici', versionsOf('undici'), '8.12.2'],
]

describe('what runs', () => {
  for (const [what, versions, least] of lowest) {
    it(`${what} is ${least} or later`, () => {
      assert.ok(versions.length > 0)
      for (const version of versions) assert.ok(isAtLeast(version, least), version)
    })
  }

  it('Node is the one that is pinned', () => {
    assert.equal(process.versions.node, read('package.json').devDependencies.node)
  })

  it('versions are compared by their numbers', () => {
    const rows: [string, string, boolean][] = [
      ['3.5.7', '3.5.7', true],
      ['3.5.10', '3.5.7', true],
      ['3.10.0', '3.5.7', true],
      ['3.5.6', '3.5.7', false],
      ['2.9.9', '3.5.7', false],
    ]
    for (const [version, least, expected] of rows) assert.equal(isAtLeast(version, least), expected, version)
  })
})

describe('the lock file', () => {
  it('holds the digest of every package that runs', () => {
    assert.deepEqual(
      packages.filter(({ integrity, dev }) => !dev && integrity === undefined).map(({ name }) => name),
      [],
    )
  })

  it('lets nobody but Node run anything when it is installed', () => {
    assert.deepEqual(
      packages.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name),
      ['node'],
    )
  })

  it('has none of those that read hostile bytes badly, or are kept by nobody', () => {
    const unwanted = new Set([
      'node-forge',
      'jks-js',
      'jsrsasign',
      'http-proxy',
      'csurf',
      'multer',
      'request',
      'ip',
      'ocsp',
    ])
    assert.deepEqual(
      packages.filter(({ name }) => unwanted.has(name)).map(({ name }) => name),
      [],
    )
  })
})
