/**
 * Goal: what the documents list is what the source has, and the other way round. Method: each table is made from the
 * source again and must stand in its document as it is; the message of a failure is the table to put there.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { apiBase, routeNamed, routeNames } from '../src/admin/route-table.ts'
import { checks } from '../src/backend/checks/run-checks.ts'
import { commands } from '../src/cli/commands.ts'
import { exitCodes } from '../src/cli/exit-codes.ts'
import { type ErrorCode, entryOf, errorCodes, faultOf } from '../src/errors.ts'
import { emptyAccessRecord } from '../src/observe/access-record.ts'
import { events } from '../src/observe/event-names.ts'
import { metricTable } from '../src/observe/metric-table.ts'
import { anchorOf } from '../src/page/documents/anchor-of.ts'
import { profiles } from '../src/policy/catalogue/profiles.ts'
import { examineDocument } from '../src/policy/document/document.ts'
import { policyJsonSchema } from '../src/policy/document/json-schema.ts'
import { parsePolicy } from '../src/policy/document/parse-policy.ts'
import { type FindingName, findingNames } from '../src/policy/policy.ts'
import { remedies } from '../src/policy/remedies.ts'
import { guardedEntrances } from '../src/settings/listening.ts'
import { settingsJsonSchema, settingsSchema } from '../src/settings/schema.ts'
import {
  flagOf,
  type SettingPath,
  settingPaths,
  settingTable,
  settingTraits,
  variableOf,
} from '../src/settings/setting-table.ts'
import { schemaKeys } from './docs/schema-keys.ts'
import { accessLineOf } from './kit/access-line-of.ts'

const top = fileURLToPath(new URL('../', import.meta.url))
const read = (file: string) => readFileSync(path.join(top, file), 'utf8')

describe('the documents list what the source has', () => {
  const settingKeys = new Map(schemaKeys(settingsJsonSchema()).map((key) => [key.path, key]))
  const tables: [what: string, file: string, head: string, rows: string[][]][] = [
    [
      'every error code',
      'docs/errors.md',
      'code | whose fault | what to do',
      Object.entries(errorCodes).map(([code, { hint }]) => [`\`${code}\``, faultOf(code as ErrorCode), hint]),
    ],
    [
      'every setting',
      'docs/settings.md',
      'setting | default | flag | variable | what it is',
      settingPaths.map((setting) => [
        `\`${setting}\``,
        `\`${settingTraits(setting).fallback}\``,
        `\`${flagOf(setting)}\``,
        `\`${variableOf(setting)}\``,
        settingKeys.get(setting)?.description ?? '',
      ]),
    ],
    [
      'every metric',
      'docs/metrics.md',
      'metric | type | labels | meaning',
      Object.entries(metricTable).map(([name, { type, labels, help }]) => [
        `\`vedette_${name}\``,
        type,
        labels.map((label) => `\`${label}\``).join(' '),
        help,
      ]),
    ],
    [
      'every event',
      'docs/metrics.md',
      'event | level | meaning',
      Object.entries(events).map(([name, { level, meaning }]) => [`\`${name}\``, level, meaning]),
    ],
    [
      'every exit status',
      'docs/operations.md',
      'status | meaning',
      Object.values(exitCodes).map(({ status, meaning }) => [String(status), meaning]),
    ],
    [
      'every exit status',
      'README.md',
      'status | meaning',
      Object.values(exitCodes).map(({ status, meaning }) => [String(status), meaning]),
    ],
    [
      'every command',
      'docs/operations.md',
      'command | what it does',
      commands.map(({ name, summary }) => [`\`vedette ${name}\``, summary]),
    ],
    [
      'every route of the admin API',
      'docs/api.md',
      'route | least role | what it does',
      routeNames.map((name) => {
        const { method, path: at, least, says } = routeNamed(name)
        return [`\`${method} ${apiBase}${at}\``, least, says]
      }),
    ],
    [
      'every default set',
      'docs/policy.md',
      'set | what it is',
      Object.entries(profiles).map(([name, { says }]) => [`\`${name}\``, says]),
    ],
    [
      'every check of a certificate',
      'docs/certificate-checks.md',
      'check | finding | grade | source | what must hold',
      checks.map(({ name, finding, grade, source, holds }) => [
        `\`${name}\``,
        `\`${finding}\``,
        `\`${grade}\``,
        source,
        holds,
      ]),
    ],
  ]
  for (const [what, file, head, rows] of tables) {
    it(`${what} stands in ${file}, and nothing else`, () => {
      const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
      const table = [
        `| ${head} |`,
        head.replaceAll(/[^|]+/g, '---').replace(/^/, '|').replace(/$/, '|'),
        ...rows.map(line),
      ]
      assert.ok(
        read(file).includes(`${table.join('\n')}\n\n`) || read(file).endsWith(`${table.join('\n')}\n`),
        `Put this table into ${file}:\n\n${table.join('\n')}\n`,
      )
    })
  }

  it('every key of the policy stands in docs/policy.md with its default, and nothing else', () => {
    const expected = schemaKeys(policyJsonSchema())
      .filter(({ path: key }) => key.startsWith('spec.'))
      .map(({ path: key, fallback }) => `${key}: ${fallback === undefined || fallback === '{}' ? '' : fallback}`)
    const listed = [...read('docs/policy.md').matchAll(/^\| `(spec\.[^`]+)` \| (?:`(.*?)`)? ?\| \S/gm)]
    assert.deepEqual(
      listed.map(([, key, fallback = '']) => `${key}: ${fallback}`),
      expected,
    )
  })

  it('every key of a service stands in docs/services.md with its default, and nothing else', () => {
    const expected = schemaKeys(settingsJsonSchema())
      .filter(({ path: key }) => key.startsWith('services[].'))
      .map(({ path: key, fallback }) => `${key}: ${fallback === undefined || fallback === '{}' ? '' : fallback}`)
    const listed = [...read('docs/services.md').matchAll(/^\| `(services\[\][^`]+)` \| (?:`(.*?)`)? ?\| \S/gm)]
    assert.deepEqual(
      listed.map(([, key, fallback = '']) => `${key}: ${fallback}`),
      expected,
    )
  })

  it('every finding stands in docs/policy.md with its meaning and its remedy, and nothing else', () => {
    const section = read('docs/policy.md').split('## Findings')[1]?.split('\n## ')[0] ?? ''
    const listed = [...section.matchAll(/^\| `([a-z-]+)` \| [^|]{10,} \| [^|]{10,} \|$/gm)].map(([, name]) => name)
    assert.deepEqual(listed, [...findingNames])
  })

  it('every finding and every code has its entry in docs/reasons.md, under its anchor, and nothing else', () => {
    const entry = /^### `(\w[\w-]+)`\n\n([^\n]{30,})\n\n\*\*What to do:\*\* ([^\n]{10,})$/gm
    const listed = [...read('docs/reasons.md').matchAll(entry)]
    assert.deepEqual(
      listed.map(([, name]) => name),
      [...findingNames, ...Object.keys(errorCodes)],
    )
    for (const [, name = '', , todo] of listed) {
      if (name in errorCodes) assert.equal(todo, errorCodes[name as ErrorCode].hint, name)
      else assert.ok(todo?.replaceAll('`', '').startsWith(remedies[name as FindingName]), `${name}: ${todo}`)
    }
    assert.equal(read('docs/reasons.md').match(/^### /gm)?.length, listed.length)
  })

  it('the entry of a code is where refusals and the log say it is', () => {
    for (const code of Object.keys(errorCodes)) {
      const [file = '', anchor = ''] = entryOf(code as ErrorCode).split('#')
      assert.ok(anchorsOf(read(file)).has(anchor), entryOf(code as ErrorCode))
    }
  })

  it('every field of the access line stands in docs/metrics.md, and nothing else', () => {
    const full = Object.assign(emptyAccessRecord(), {
      ...{ host: 'a.example', scheme: 'https', address: '192.0.2.1', verdict: 'allowed', because: ['report'] },
      ...{ findings: [{ name: 'expired', detail: 'x' }], error: 'INTERNAL_ERROR', status: 200, protocol: 'TLSv1.3' },
      ...{ callerProtocol: 'TLSv1.3', callerIdentity: 'dns:a.example', callerWarning: 'x' },
    })
    const fields = Object.keys(JSON.parse(accessLineOf(full as never)) as object)
    const section = read('docs/metrics.md').split('| field | meaning |')[1]?.split('\n\n')[0] ?? ''
    const rows = section.split('\n').map((row) => row.split(' | ')[0] ?? '')
    const listed = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name))
    assert.deepEqual(listed.toSorted(), fields.toSorted())
  })

  it('every variable of ours that a document names exists', () => {
    const known = [
      ...settingPaths.map(variableOf),
      'VEDETTE_CONFIG',
      // Any name that begins like this may hold the password of a trust store.
      'VEDETTE_TRUST_PASSWORD',
      'VEDETTE_TRUST_PASSWORD_CORP',
      ...guardedEntrances.map((name) => `VEDETTE_UNSAFE_${name.toUpperCase()}_LISTEN`),
    ]
    for (const file of documents()) {
      for (const [name] of read(file).matchAll(/\bVEDETTE_[A-Z_]+/g))
        assert.ok(known.includes(name), `${file} names ${name}`)
    }
  })
})

describe('the documents hold together', () => {
  it('the defaults in the table of the README are those of the settings', () => {
    for (const [, setting = '', fallback = ''] of read('README.md').matchAll(/^\| `([\w.]+)` \| `([^`]+)` \|/gm)) {
      assert.ok(setting in settingTable, `there is no setting ${setting}`)
      assert.equal(fallback, `${settingTraits(setting as SettingPath).fallback}`)
    }
  })

  const examples = documents().flatMap((file) =>
    [...read(file).matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml = '']) => ({ file, yaml })),
  )
  it('there are examples of both documents', () => assert.ok(examples.length >= 2))
  for (const { file, yaml } of examples) {
    it(`an example in ${file} is a sound document`, () => {
      if (!yaml.includes('kind: Settings')) return void parsePolicy(yaml, { file })
      assert.deepEqual(examineDocument(yaml, { file, schema: settingsSchema }).problems, [])
    })
  }

  for (const file of documents()) {
    it(`every link of ${file} leads somewhere`, () => {
      for (const [, target = ''] of read(file).matchAll(/\]\(([^)#]*)(?:#[^)]*)?\)/g)) {
        if (target === '' || /^https?:/.test(target)) continue
        assert.ok(
          existsSync(path.join(top, path.dirname(file), target)),
          `${file} links to ${target}, which is not there`,
        )
      }
    })

    it(`every anchor that ${file} leads to exists`, () => {
      for (const [, target = '', anchor = ''] of read(file).matchAll(/\]\(([^)#:]*\.md|)#([^)]*)\)/g)) {
        const at = target === '' ? file : path.join(path.dirname(file), target)
        assert.ok(anchorsOf(read(at)).has(anchor), `${file} links to #${anchor} of ${at}, which is not there`)
      }
    })

    it(`every code that ${file} names exists`, () => {
      const codes = read(file).matchAll(/\b(?:CALLER|POLICY|BACKEND|OPERATOR|INTERNAL)_[A-Z_]{3,}\b/g)
      for (const [code] of codes) assert.ok(code in errorCodes, `${file} names ${code}`)
    })

    it(`every command that ${file} names exists`, () => {
      const known = [...commands.map(({ name }) => name), 'COMMAND']
      for (const [, name = ''] of read(file).matchAll(/(?:^|`|\$ ) *vedette ([a-z]+|COMMAND)\b/gm)) {
        assert.ok(known.includes(name), `${file} names vedette ${name}`)
      }
    })
  }
})

/** The anchors that headings get where Markdown is shown. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  return new Set([...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading)))
}

function documents(): string[] {
  const docs = readdirSync(path.join(top, 'docs')).map((name) => `docs/${name}`)
  return ['README.md', 'src/README.md', 'SECURITY.md', 'CHANGELOG.md', ...docs].filter((file) => file.endsWith('.md'))
}
