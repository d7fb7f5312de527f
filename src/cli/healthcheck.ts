import { SidecarError } from '../errors.ts'
import { formatListenAddress } from '../settings/listen-address.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { addSettingOptions, lookOptionsFrom, type SettingOptions } from './setting-options.ts'

const TIMEOUT_MS = 3000

/** `vedette healthcheck`: so that an image needs no curl. */
export const defineHealthcheck: DefineCommand = (command, { terminal, exit }) => {
  command.option('--url <url>', 'what to ask instead of /readyz at health.listen')
  addSettingOptions(command, ['health.listen'])
  command.option('--json', 'print JSON')
  addExamples(command, ['healthcheck', 'healthcheck --url http://127.0.0.1:9901/livez'])
  command.action(async (options: SettingOptions & { url?: string }) => {
    const url = options.url ?? (await readinessUrl(options))
    const answer = await ask(url)
    const healthy = answer.status === 200
    if (options.json) terminal.printJson({ healthy, url, ...answer })
    else terminal.say(`${url}: ${answer.status === 0 ? 'no answer' : answer.status} ${answer.body}`)
    exit(healthy ? 'ok' : 'failed')
  })
}

async function readinessUrl(options: SettingOptions): Promise<string> {
  const { loadSettings } = await import('../settings/load-settings.ts')
  const { host, port } = loadSettings(lookOptionsFrom(options)).settings.health.listen
  const asked = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
  return `http://${formatListenAddress({ host: asked, port })}/readyz`
}

interface Answer {
  /** 0 when there was no answer at all. */
  readonly status: number
  readonly body: string
}

async function ask(url: string): Promise<Answer> {
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new SidecarError('OPERATOR_USAGE', `--url ${JSON.stringify(url)} is not an http:// address`)
  }
  try {
    // The signal covers the body too: an endpoint that dribbles is not healthy.
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })
    return { status: response.status, body: (await response.text()).trim() }
  } catch (error) {
    return { status: 0, body: reasonOf(error) }
  }
}

/** The reason fetch gives is hidden one level down: its own message is always "fetch failed". */
function reasonOf(error: unknown): string {
  const { cause = error } = error as Error
  return (cause as NodeJS.ErrnoException).code ?? (cause as Error).message
}
