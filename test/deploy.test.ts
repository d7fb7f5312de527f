/**
 * Goal: the files that put the product somewhere fit the product. No container engine is at hand in a test, so the
 * texts are read: the image's properties, and every flag, path, port and document that names something of ours.
 */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse, parseAllDocuments } from 'yaml'
import { needTools } from '../bench/rig/tools.ts'
import { buildProgram } from '../src/cli/command-line.ts'
import { exitCodes } from '../src/cli/exit-codes.ts'
import { examineDocument } from '../src/policy/document/document.ts'
import { parsePolicy } from '../src/policy/document/parse-policy.ts'
import { settingsSchema } from '../src/settings/schema.ts'
import { settingPaths, settingTraits, variableOf } from '../src/settings/setting-table.ts'
import { runProgram } from './kit/start-sidecar.ts'

const top = fileURLToPath(new URL('../', import.meta.url))
const read = (file: string) => readFileSync(path.join(top, file), 'utf8')

/** A command line of ours must name a command and flags that exist. */
async function assertParses(words: readonly string[]): Promise<void> {
  const [name, ...rest] = words
  const program = await buildProgram({ terminal: undefined as never, exit: () => {} }, (entry) => entry.name === name)
  const command = program.commands.find((one) => one.name() === name)
  assert.ok(command, `there is no command ${name}`)
  assert.deepEqual(command.parseOptions([...rest]).unknown, [])
}

describe('the image', () => {
  const lines = read('Dockerfile')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
  const stages = lines
    .join('\n')
    .split(/^FROM /m)
    .slice(1)
  const final = stages.at(-1) ?? ''
  const instruction = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(final)?.[1] ?? ''

  it('is built in two stages, on Node 26 first and on a base without npm and compiler last', () => {
    assert.equal(stages.length, 2)
    assert.match(stages[0] as string, /^node:26-\S*slim AS build$/m)
    assert.match(final, /^debian:\S*slim$/m)
    assert.doesNotMatch(final, /\b(npm|npx|gcc|g\+\+|make|build-essential|curl)\b/)
  })

  it('takes production dependencies only, and runs nothing of theirs', () => {
    assert.match(stages[0] as string, /npm ci --omit=dev --ignore-scripts/)
  })

  it('copies what exists and what the ignore file lets through', () => {
    const ignore = read('.dockerignore').split('\n')
    for (const [, sources = ''] of (stages[0] as string).matchAll(/^COPY (.*) \S+$/gm)) {
      for (const source of sources.split(' ')) {
        assert.ok(existsSync(path.join(top, source)), `${source} is not there`)
        assert.ok(ignore.includes(`!${source}`), `.dockerignore keeps ${source} out`)
      }
    }
  })

  it('runs as nobody in particular, is stopped by SIGTERM and says what it is', () => {
    assert.equal(instruction('USER'), '65532:65532')
    assert.equal(instruction('STOPSIGNAL'), 'SIGTERM')
    assert.match(final, /org\.opencontainers\.image\.licenses="Apache-2\.0"/)
  })

  it('writes to its volume alone, which is where all relative paths lead', () => {
    assert.equal(instruction('VOLUME'), '/var/lib/vedette')
    assert.equal(instruction('WORKDIR'), '/var/lib/vedette')
    for (const setting of ['policy', 'truststores', 'identities', 'state'] as const) {
      assert.ok(!path.isAbsolute(String(settingTraits(setting).fallback)))
    }
  })

  it('has a vedette command on its path, which may be run', () => {
    assert.match(final, /^RUN ln -s \/app\/src\/main\.ts \/usr\/local\/bin\/vedette$/m)
    assert.match(stages[0] as string, /chmod a\+rx src\/main\.ts/)
    assert.ok(read('src/main.ts').startsWith('#!/usr/bin/env node\n'))
  })

  it('starts, and asks for its health, without a shell', async () => {
    const entry = JSON.parse(instruction('ENTRYPOINT')) as string[]
    assert.deepEqual(entry, ['node', '/app/src/main.ts'])
    await assertParses(JSON.parse(instruction('CMD')) as string[])
    const health = JSON.parse(/CMD (\[.*\])/.exec(instruction('HEALTHCHECK'))?.[1] ?? '') as string[]
    assert.deepEqual(health.slice(0, 2), entry)
    await assertParses(health.slice(2))
  })
})

describe('the systemd units', () => {
  const unit = read('deploy/systemd/vedette.service')
  const socket = read('deploy/systemd/vedette.socket')
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? ''

  it('start and reload by commands that parse and mean the same instance', async () => {
    const [start, reload] = [value('ExecStart'), value('ExecReload')].map((line) => line.split(' ').slice(2))
    await assertParses(start as string[])
    await assertParses(reload as string[])
    assert.deepEqual([start?.[0], reload?.[0]], ['run', 'reload'])
    assert.deepEqual(start?.slice(1), reload?.slice(1))
  })

  it('are told how the page is made, in the unit and in the documents', () => {
    const build = 'npm ci && npm run build && npm prune --omit=dev'
    assert.ok(unit.includes(build))
    assert.ok(read('docs/deployment.md').includes(build))
    assert.ok('build' in JSON.parse(read('package.json')).scripts)
  })

  it('have settings whose policy and trust stores the service may change, and whose policy the unit puts there', () => {
    const text = read('deploy/systemd/vedette.yaml')
    assert.deepEqual(examineDocument(text, { file: 'vedette.yaml', schema: settingsSchema }).problems, [])
    const state = `/var/lib/${value('StateDirectory')}/`
    const settings = parse(text) as Record<'policy' | 'truststores', string>
    assert.ok(settings.policy.startsWith(state) && settings.truststores.startsWith(state))
    const [, from = '', to = ''] = /cp -r \/opt\/vedette\/(\S+) (\S+)'/.exec(unit) ?? []
    assert.ok(settings.policy.startsWith(`${to}/`))
    assert.ok(existsSync(path.join(top, from, path.relative(to, settings.policy))))
  })

  it('know which exit statuses are no failures and which a restart does not mend', () => {
    assert.equal(value('SuccessExitStatus'), String(exitCodes.drainCut.status))
    assert.equal(value('RestartPreventExitStatus'), `${exitCodes.usage.status} ${exitCodes.invalid.status}`)
  })

  it('wait longer than the drain deadline', () => {
    const drain = Number.parseInt(String(settingTraits('timeouts.drain').fallback), 10)
    assert.ok(Number.parseInt(value('TimeoutStopSec'), 10) > drain)
  })

  it('take the word of whoever speaks for the supervisor, which is a child of it', () => {
    assert.deepEqual([value('Type'), value('NotifyAccess'), value('WatchdogSec')], ['notify', 'all', '60s'])
  })

  it('listen where the settings want callers unless they say otherwise, and outside of what goes with the service', () => {
    const listens = [...socket.matchAll(/^ListenStream=(.*)$/gm)].map(([, address]) => address)
    assert.deepEqual(listens, settingTraits('proxy.listen').fallback)
    const files = [...socket.matchAll(/^#?ListenStream=(\/.*)$/gm)].map(([, file = '']) => file)
    assert.equal(files.length, 1)
    for (const file of files) assert.ok(!file.startsWith(`/run/${value('RuntimeDirectory')}/`))
  })

  it('have nothing that systemd does not understand, and leave little open', async (t) => {
    await needTools(['systemd-analyze'])
    const folder = mkdtempSync(path.join(tmpdir(), 'vedette-unit-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const file = path.join(folder, 'vedette.service')
    // The one path that is not there on a machine that only tests.
    writeFileSync(file, unit.replaceAll('/usr/local/bin/node', process.execPath))
    const socketFile = path.join(folder, 'vedette.socket')
    writeFileSync(socketFile, socket.replaceAll(/^#(?=\w+=)/gm, ''))
    const verified = await runProgram('systemd-analyze', ['verify', '--man=no', file, socketFile])
    assert.deepEqual([verified.code, verified.stderr], [0, ''])
    const exposure = await runProgram('systemd-analyze', [
      'security',
      '--offline=true',
      '--threshold=15',
      '--no-pager',
      file,
    ])
    assert.equal(exposure.code, 0, exposure.stdout)
  })

  it('are given credentials by variables that exist, and that name what is loaded', () => {
    const dropIn = read('deploy/systemd/vedette.service.d/credentials.conf')
    const loaded = [...dropIn.matchAll(/^LoadCredential=([^:]+):/gm)].map(([, name]) => name)
    const given = [...dropIn.matchAll(/^Environment=(\w+)=%d\/(.+)$/gm)]
    assert.deepEqual(
      given.map(([, , name]) => name),
      loaded,
    )
    for (const [, variable = ''] of given)
      assert.ok(
        settingPaths.some((setting) => variableOf(setting) === variable),
        variable,
      )
  })
})

describe('the compose file', () => {
  const { services, volumes } = parse(read('deploy/compose/compose.yaml')) as {
    services: Record<'vedette' | 'app', Record<string, unknown>>
    volumes: Record<string, unknown>
  }
  const { vedette, app } = services

  it('runs without rights, writes to a volume alone, and has time to drain', async () => {
    assert.deepEqual([vedette.read_only, vedette.cap_drop, vedette.user], [true, ['ALL'], '65532:65532'])
    assert.deepEqual(vedette.volumes, [`${Object.keys(volumes)[0]}:/var/lib/vedette`])
    await assertParses(vedette.command as string[])
    const drain = Number.parseInt(settingTraits('timeouts.drain').fallback as string, 10)
    assert.ok(Number.parseInt(String(vedette.stop_grace_period), 10) > drain)
  })

  it('gives the application the loopback of the sidecar, once that is healthy, and nothing is published', () => {
    assert.equal(app.network_mode, 'service:vedette')
    assert.deepEqual(app.depends_on, { vedette: { condition: 'service_healthy' } })
    const [listen] = settingTraits('proxy.listen').fallback as readonly string[]
    assert.ok(Object.values(app.environment as object).every((url) => url === `http://${listen}`))
    assert.equal(vedette.ports, undefined)
  })
})

interface Probe {
  readonly httpGet: { readonly path: string }
}

/** As much of a container as is looked at. */
interface Container {
  readonly restartPolicy: string
  readonly args: readonly string[]
  readonly startupProbe: Probe
  readonly readinessProbe: Probe
  readonly livenessProbe: Probe
  readonly securityContext: Readonly<Record<string, unknown>>
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[]
}

describe('the Kubernetes sidecar', () => {
  const [config, pod] = parseAllDocuments(read('deploy/kubernetes/sidecar.yaml')).map((one) => one.toJS() as unknown)
  const { data: files } = config as { data: Record<'vedette.yaml' | 'policy.yaml', string> }
  const { spec } = pod as { spec: { initContainers: [Container]; terminationGracePeriodSeconds: number } }
  const [sidecar] = spec.initContainers

  it('carries settings and a policy that are sound', () => {
    const settings = examineDocument(files['vedette.yaml'], { file: 'vedette.yaml', schema: settingsSchema })
    assert.deepEqual(settings.problems, [])
    assert.deepEqual(parsePolicy(files['policy.yaml'], { file: 'policy.yaml' }).warnings, [])
  })

  it('has a place for an authority of its own, as a trust store of the folder that the settings name', () => {
    const { truststores } = parse(files['vedette.yaml']) as { truststores: string }
    const mount = sidecar.volumeMounts.find(({ name }) => name === 'corp-ca')
    assert.equal(path.dirname(String(mount?.mountPath)), truststores)
    assert.ok(!sidecar.volumeMounts.some(({ mountPath }) => truststores.startsWith(`${mountPath}/`)))
  })

  it('starts first and ends last, with arguments that parse', async () => {
    assert.equal(sidecar.restartPolicy, 'Always')
    await assertParses(sidecar.args)
  })

  it('asks the three health paths and runs without rights', () => {
    const { startupProbe, readinessProbe, livenessProbe, securityContext: rights } = sidecar
    const paths = [startupProbe, readinessProbe, livenessProbe].map(({ httpGet }) => httpGet.path)
    assert.deepEqual(paths, ['/startupz', '/readyz', '/livez'])
    assert.deepEqual(
      [rights.runAsNonRoot, rights.runAsUser, rights.readOnlyRootFilesystem, rights.allowPrivilegeEscalation],
      [true, 65532, true, false],
    )
  })

  it('gives the drain more time than it takes', () => {
    const drain = Number.parseInt(settingTraits('timeouts.drain').fallback as string, 10)
    assert.ok(spec.terminationGracePeriodSeconds > drain)
  })

  it('is what the network policy is for, which keeps it from the metadata of the cloud', () => {
    const policy = parse(read('deploy/kubernetes/network-policy.yaml')) as {
      apiVersion: string
      kind: string
      spec: { podSelector: { matchLabels: object }; policyTypes: string[]; egress: { to: object[]; ports: object[] }[] }
    }
    const { metadata } = pod as { metadata: { labels: object } }
    assert.deepEqual([policy.apiVersion, policy.kind], ['networking.k8s.io/v1', 'NetworkPolicy'])
    assert.deepEqual(policy.spec.podSelector.matchLabels, metadata.labels)
    assert.deepEqual(policy.spec.policyTypes, ['Egress'])
    const blocks = policy.spec.egress.flatMap(({ to }) => to) as { ipBlock?: { except: string[] } }[]
    assert.ok(blocks.every(({ ipBlock }) => ipBlock === undefined || ipBlock.except.includes('169.254.0.0/16')))
    assert.ok(policy.spec.egress.every(({ ports }) => ports.length > 0))
  })
})
