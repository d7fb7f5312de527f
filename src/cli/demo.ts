import type { Check } from '../demo/check-faults.ts'
import type { Demo } from '../demo/start-demo.ts'
import { asSidecarError, SidecarError } from '../errors.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { DemoScreen } from './demo-screen.ts'
import { type ExitName, exitCodes } from './exit-codes.ts'

interface DemoCommandOptions {
  readonly once?: true
  readonly json?: true
  readonly proxyPort?: string
  readonly adminPort?: string
  readonly healthPort?: string
  readonly backendPort?: string
}

/** `vedette demo`. */
export const defineDemo: DefineCommand = (command, { terminal, exit }) => {
  command
    .option('--once', 'check every expectation and end: 0 if all hold, 1 if not; on any free ports')
    .option('--json', 'print JSON: the checks with --once, else one line for each request')
    .option('--proxy-port <port>', 'where the proxy listens (3128)')
    .option('--admin-port <port>', 'the admin address of the instance (9080)')
    .option('--health-port <port>', 'where health and metrics are served (9901)')
    .option('--backend-port <port>', 'tried first for the backends, and upwards (9444)')
  addExamples(command, ['demo', 'demo --once --json'])
  command.action(async (options: DemoCommandOptions) => {
    const { startDemo } = await import('../demo/start-demo.ts')
    const screen = new DemoScreen(terminal, { json: options.json === true, once: options.once === true })
    const starting = startDemo({
      ...portsIn(options),
      accessed: (line) => screen.accessed(line),
      changed: (change) => screen.changed(change),
    }).catch(nameThePorts)
    // From the first moment on: a demo that is interrupted while it starts must not leave a sidecar behind.
    const stop = () => void starting.then((demo) => demo.stop()).catch(() => {})
    for (const signal of signals) process.on(signal, stop)
    try {
      exit(await present(await starting, screen, options))
    } finally {
      for (const signal of signals) process.off(signal, stop)
    }
  })
}

async function present(demo: Demo, screen: DemoScreen, { once }: DemoCommandOptions): Promise<ExitName> {
  // Whatever ends this process or this command, the sidecar and the temporary folder end with it.
  const abandon = () => demo.abandon()
  process.once('exit', abandon)
  try {
    // A signal, or a sidecar that falls over, ends the visits as well.
    const checks = await Promise.race([visitAll(demo, screen), demo.ended.then(() => undefined)])
    if (checks !== undefined && !once) {
      screen.invite(demo)
      await demo.ended
    }
    const ended = exitOf(await demo.stop())
    const held = checks?.every(({ ok }) => ok) ?? false
    return once && ended === 'ok' && !held ? 'failed' : ended
  } finally {
    process.off('exit', abandon)
    abandon()
  }
}

async function visitAll(demo: Demo, screen: DemoScreen): Promise<readonly Check[] | undefined> {
  try {
    await screen.opened(demo)
    const checks = await demo.check((check, line) => screen.visited(check, line))
    screen.checked(checks)
    return checks
  } catch (error) {
    // Half of what was asked for is gone by then, and nobody asked to hear about it.
    if (demo.stopping) return undefined
    throw error
  }
}

/** An address in use is the usual reason why a demo does not start, and mostly it is another demo. */
function nameThePorts(thrown: unknown): never {
  const error = asSidecarError(thrown)
  if (error.code !== 'OPERATOR_PORT_IN_USE') throw thrown
  const message = `${error.message}; another demo may be running: end it, or choose --proxy-port, --admin-port and --health-port`
  throw new SidecarError(error.code, message, { details: error.details, cause: thrown })
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The demo ends as its sidecar ended. */
function exitOf(status: number): ExitName {
  if (status === exitCodes.drainCut.status) return 'drainCut'
  return status === 0 ? 'ok' : 'failed'
}

function portsIn({ once, proxyPort, adminPort, healthPort, backendPort }: DemoCommandOptions) {
  const port = (text: string | undefined, option: string, usual: number) =>
    text === undefined ? (once ? 0 : usual) : parsePort(option, text)
  return {
    ports: {
      proxy: port(proxyPort, '--proxy-port', 3128),
      admin: port(adminPort, '--admin-port', 9080),
      health: port(healthPort, '--health-port', 9901),
    },
    firstBackendPort: port(backendPort, '--backend-port', 9444),
  }
}

function parsePort(option: string, text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new SidecarError('OPERATOR_USAGE', `${option} expects a port from 0 to 65535, found ${JSON.stringify(text)}`)
}
