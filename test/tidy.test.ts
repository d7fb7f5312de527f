/**
 * Goal: the shape of the house is held by a test, not by goodwill. Method: every file under src/ is read once as
 * text (biome has formatted it, so indentation can be trusted) and measured against the tables of test/tidy/rooms.ts.
 * Each check is a pure function over files and is shown a planted offender, so that none can go blind unnoticed.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import {
  checkBannedWords,
  checkCycles,
  checkDeadFiles,
  checkImports,
  checkLibraries,
  checkPageImports,
  checkShape,
  checkSizes,
  checkUnusedArrows,
} from './tidy/checks.ts'
import { mapTable } from './tidy/rooms.ts'
import { readSources, sourceOf } from './tidy/sources.ts'

const sources = readSources('src')
const everything = [...sources, ...readSources('test')]

describe('the house is tidy', () => {
  const holds = (name: string, complaints: readonly string[]) =>
    it(name, () => assert.equal(complaints.length, 0, `\n${complaints.join('\n')}\n`))

  holds('each room imports only what the table of rooms allows', checkImports(sources))
  holds('the table of rooms allows nothing that is not needed', checkUnusedArrows(sources))
  holds('the page takes types of the API and nothing else of it', checkPageImports(sources))
  holds('each library has its one home', checkLibraries(sources))
  holds('no file imports itself by a detour', checkCycles(sources))
  holds('there are no barrels and no default exports', checkShape(sources))
  holds('files and functions are small', checkSizes(everything))
  holds('banned words do not occur', checkBannedWords(everything))
  holds('every file is reached from main.ts', checkDeadFiles(sources))

  it('src/README.md shows the same table of rooms', () => {
    const map = readFileSync(new URL('../src/README.md', import.meta.url), 'utf8')
    assert.ok(map.includes(mapTable()), `Put this table into src/README.md:\n\n${mapTable()}\n`)
  })
})

describe('each check sees its offender', () => {
  const long = (lines: number) => `${'  count()\n'.repeat(lines)}`
  const planted: [string, () => readonly string[], RegExp][] = [
    [
      'a room that imports upwards',
      () => checkImports([sourceOf('src/http/head.ts', "import { decide } from '../policy/decide.ts'")]),
      /http\/ may not import policy\//,
    ],
    [
      'an upward import of a type alone',
      () => checkImports([sourceOf('src/wire/wire.ts', "import type { Policy } from '../policy/policy.ts'")]),
      /wire\/ may not import policy\//,
    ],
    [
      'a lazy import upwards',
      () => checkImports([sourceOf('src/policy/a.ts', "const { run } = await import('../cli/run.ts')")]),
      /policy\/ may not import cli\//,
    ],
    [
      'a room that is not in the table',
      () => checkImports([sourceOf('src/utils/a.ts', '')]),
      /utils\/ is not in the table of rooms/,
    ],
    ['an arrow that nobody needs', () => checkUnusedArrows([]), /policy\/ imports nothing from errors\.ts/],
    [
      'a library away from home',
      () => checkLibraries([sourceOf('src/cli/check.ts', "import { z } from 'zod'")]),
      /zod lives in policy\/ and settings\//,
    ],
    [
      'a library nobody has given a home',
      () => checkLibraries([sourceOf('src/cli/check.ts', "import _ from 'lodash'")]),
      /lodash has no home/,
    ],
    [
      'node:http on the data path',
      () => checkLibraries([sourceOf('src/proxy/a.ts', "import http from 'node:http'")]),
      /node:http lives in/,
    ],
    [
      'a cycle of two files',
      () =>
        checkCycles([
          sourceOf('src/policy/a.ts', "import { b } from './b.ts'"),
          sourceOf('src/policy/b.ts', "import { a } from './a.ts'"),
        ]),
      /src\/policy\/a\.ts → src\/policy\/b\.ts → src\/policy\/a\.ts/,
    ],
    [
      'code of the API in the page',
      () => checkPageImports([sourceOf('src/page/api/a.ts', "import { policy } from '../../admin/contract.ts'")]),
      /import types of admin\/contract\.ts/,
    ],
    [
      'another file of the API in the page, though for its types',
      () => checkPageImports([sourceOf('src/page/a.ts', "import type { A } from '../admin/schemas/policy.ts'")]),
      /import types of admin\/contract\.ts/,
    ],
    [
      'what decides in the page',
      () => checkPageImports([sourceOf('src/page/a.ts', "import { reachVerdict } from '../policy/verdict.ts'")]),
      /import types of admin\/contract\.ts/,
    ],
    ['a barrel', () => checkShape([sourceOf('src/policy/index.ts', '')]), /name the file after what it holds/],
    [
      'a default export',
      () => checkShape([sourceOf('src/policy/a.ts', 'export default function decide() {}')]),
      /export it by name/,
    ],
    [
      'a file named after nothing',
      () => checkShape([sourceOf('src/policy/helpers.ts', '')]),
      /name the file after what it holds/,
    ],
    ['a long file', () => checkSizes([sourceOf('src/policy/a.ts', long(301))]), /301 lines.*find the room hiding/],
    [
      'a long function',
      () => checkSizes([sourceOf('src/policy/a.ts', `export function decide() {\n${long(70)}}\n`)]),
      /decide\(\).*72 lines/,
    ],
    [
      'a long function under a signature of many lines',
      () => checkSizes([sourceOf('src/a/a.ts', `export function decide(\n  a: A,\n): void {\n${long(70)}}\n`)]),
      /72 lines/,
    ],
    [
      'a long method',
      () => checkSizes([sourceOf('src/policy/a.ts', `class A {\n  #run(): void {\n${long(70)}  }\n}\n`)]),
      /#run\(\).*72 lines/,
    ],
    [
      'a file that nobody imports',
      () => checkDeadFiles([sourceOf('src/main.ts', ''), sourceOf('src/policy/a.ts', '')]),
      /src\/policy\/a\.ts.*import it or delete it/,
    ],
    [
      'two files that only know each other',
      () =>
        checkDeadFiles([
          sourceOf('src/main.ts', ''),
          sourceOf('src/cli/a.ts', "import './b.ts'"),
          sourceOf('src/cli/b.ts', "import './a.ts'"),
        ]),
      /src\/cli\/a\.ts/,
    ],
  ]
  for (const [name, check, expected] of planted) {
    it(name, () => assert.match(check().join('\n'), expected))
  }

  const banned: [string, string, string, RegExp][] = [
    ['an environment variable read outside settings/', 'src/cli/a.ts', 'process.env.HOME', /settings\//],
    ['an exit outside the doors', 'src/policy/a.ts', 'process.exit(1)', /throw a SidecarError/],
    ['a console', 'src/cli/a.ts', "console.log('x')", /terminal/],
    ['verification turned off', 'src/backend/dial.ts', '{ rejectUnauthorized: false }', /dangerously/],
    ['an outgoing TLS connection elsewhere', 'src/proxy/a.ts', 'tls.connect({})', /backend\//],
    ['an import of node:http', 'src/admin/a.ts', "import http from 'node:http'", /getBuiltinModule/],
    ['a socket handle', 'src/tunnel/a.ts', 'socket._handle', /wire\//],
    ['an unfinished thought', 'src/policy/a.ts', '// FIXME later', /finish it/],
    ['an any', 'src/policy/a.ts', 'x as any', /unknown/],
    ['a silenced compiler', 'src/policy/a.ts', '// @ts-ignore', /mend the type/],
    ['a test that runs alone', 'test/policy/a.test.ts', "it.only('x', () => {})", /every test runs/],
    ['a fixed sleep', 'test/policy/a.test.ts', "await setTimeout(50)\n// from 'node:timers/promises'", /wait for/],
  ]
  for (const [name, path, text, expected] of banned) {
    it(name, () => assert.match(checkBannedWords([sourceOf(path, text)]).join('\n'), expected))
  }

  it('a banned word inside a comment is only a word', () => {
    assert.deepEqual(
      checkBannedWords([sourceOf('src/cli/a.ts', '// process.env stays in settings/\n/** console.log */')]),
      [],
    )
  })

  it('what is allowed passes: a downward import, the home of a library, a short file', () => {
    const text = "import { z } from 'zod'\nimport { SidecarError } from '../errors.ts'\n"
    const files = [sourceOf('src/policy/a.ts', text)]
    assert.deepEqual([...checkImports(files), ...checkLibraries(files), ...checkSizes(files), ...checkShape(files)], [])
  })
})
