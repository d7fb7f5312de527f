import { nameRejected, type Status } from '../processes/control/status.ts'
import { describeWriteFault } from '../processes/control/versions/policy-file-access.ts'
import { formatBound } from '../processes/describe-bound.ts'
import { formatListenAddress } from '../settings/listen-address.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { counted } from './counted.ts'
import { addInstanceOptions, stateFrom } from './instance.ts'
import type { SettingOptions } from './setting-options.ts'
import type { Terminal } from './terminal.ts'

/** `vedette status`. */
export const defineStatus: DefineCommand = (command, { terminal }) => {
  addInstanceOptions(command)
  addExamples(command, ['status', 'status --state /var/lib/vedette --json'])
  command.action(async (options: SettingOptions) => {
    const { askControl } = await import('../processes/control/control-client.ts')
    const status = await askControl('status', {}, { state: await stateFrom(options, terminal) })
    if (options.json) terminal.printJson(status)
    else showStatus(status, terminal)
  })
}

function showStatus(status: Status, terminal: Terminal): void {
  const { policy, rejected, pending, alarms, restartNeeded, exceptions, intolerant, revocationLists, backendHealth } =
    status
  for (const [name, text] of rowsOf(status)) terminal.print(`${name.padEnd(9)}${text}`)
  if (policy.writeFault !== '') {
    terminal.print(terminal.paint('yellow', `file     ${describeWriteFault(policy.file, policy.writeFault)}`))
  }
  if (pending !== null) {
    const deadline = new Date(pending.deadlineMs).toISOString()
    terminal.print(
      terminal.paint(
        'yellow',
        `pending  v${pending.version} is unconfirmed: v${pending.revertTo} comes back at ${deadline} without vedette confirm`,
      ),
    )
  }
  if (rejected !== null) {
    terminal.print(terminal.paint('red', `rejected ${nameRejected(rejected)}: ${rejected.message}`))
  }
  for (const alarm of alarms)
    terminal.print(terminal.paint('red', `stale    ${alarm}; the last good one stays in force`))
  if (restartNeeded.length > 0) {
    terminal.print(terminal.paint('yellow', `restart  changed settings wait for it: ${restartNeeded.join(', ')}`))
  }
  for (const { backend, detail } of backendHealth.failing) {
    terminal.print(terminal.paint('red', `failing  ${backend}: ${detail}`))
  }
  for (const { source, state, nextUpdateMs, entries, detail } of revocationLists) {
    const end = nextUpdateMs === undefined ? '' : `, next by ${new Date(nextUpdateMs).toISOString()}`
    const said = state === 'good' && detail === '' ? `${entries} revoked${end}` : `${state}: ${detail}`
    terminal.print(terminal.paint(state === 'good' ? 'dim' : 'yellow', `crl      ${source}: ${said}`))
  }
  for (const { authority, untilMs } of intolerant) {
    const until = new Date(untilMs).toISOString()
    terminal.print(
      terminal.paint(
        'yellow',
        `classic  ${authority} gets no post-quantum groups until ${until}: they broke its handshakes`,
      ),
    )
  }
  for (const { backend, findings, until, state, daysLeft } of exceptions) {
    const end = state === 'over' ? `was over with ${until}` : `ends with ${until}, ${daysLeft} days from now`
    const what = `exception of ${backend} for ${findings.join(', ')} ${end}`
    terminal.print(terminal.paint(state === 'over' ? 'red' : 'yellow', what))
  }
}

function rowsOf({ version, policy, listen, load, generations, state, startedMs }: Status): [string, string][] {
  return [
    ['policy', `v${version?.number ?? 0} "${policy.name}" from ${policy.file} (${policy.sha256.slice(0, 12)})`],
    ['state', `${state} since ${new Date(startedMs).toISOString()}`],
    [
      'proxy',
      listen.proxy.map(formatBound).join(', ') || (state === 'draining' ? 'closed, nobody new is accepted' : 'none'),
    ],
    ...listen.services.map((bound): [string, string] => ['service', `${bound.entrance} on ${formatBound(bound)}`]),
    ['admin', formatListenAddress(listen.admin)],
    ['health', formatListenAddress(listen.health)],
    [
      'load',
      [counted(load.callers, 'caller'), counted(load.requests, 'request'), counted(load.tunnels, 'tunnel')].join(', '),
    ],
    ...generations.map(({ number, version: of, state, workers }): [string, string] => [
      `gen ${number}`,
      `v${of} ${state}, ${counted(workers.length, 'worker')}`,
    ]),
  ]
}
