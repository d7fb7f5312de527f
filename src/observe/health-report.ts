/**
 * What the health paths answer, as a pure function of the checks. The status code is for machines; the text is for the
 * person who wants to know why. A check may be fine and still have something to say ("v8 running, v9 rejected").
 */

export type HealthPath = 'livez' | 'readyz' | 'startupz'

export interface HealthCheck {
  /** Like `policy` or `listeners`; the name under `/readyz/<name>`. */
  readonly name: string
  readonly ok: boolean
  /** What was found; empty when there is nothing to add. */
  readonly detail: string
  /** The paths that depend on it. Liveness must depend on nothing that a restart does not mend. */
  readonly paths: readonly HealthPath[]
}

export interface HealthAnswer {
  readonly status: 200 | 404 | 503
  readonly contentType: string
  readonly body: string
}

/** Answers `/livez`, `/readyz`, `/startupz`, `/healthz` (an alias of readyz) and `/<path>/<check>`; null for others. */
export function healthAnswer(
  url: URL,
  { accept, checks }: { readonly accept: string | undefined; readonly checks: readonly HealthCheck[] },
): HealthAnswer | null {
  const [, first = '', only, ...rest] = url.pathname.split('/')
  const path = aliases.get(first)
  if (path === undefined || rest.length > 0) return null
  const relevant = checks.filter((check) => check.paths.includes(path))
  const excluded = new Set(url.searchParams.getAll('exclude').flatMap((names) => names.split(',')))
  const chosen = only
    ? relevant.filter(({ name }) => name === only)
    : relevant.filter(({ name }) => !excluded.has(name))
  if (only && chosen.length === 0) return plain(404, `there is no check ${only} for ${path}\n`)
  const ok = chosen.every((check) => check.ok)
  const status = ok ? 200 : 503
  if (wantsJson(accept)) return json(status, chosen)
  // A failing probe prints its reasons unasked: they end up in the events of the one who probed.
  if (ok && !url.searchParams.has('verbose')) return plain(status, 'ok\n')
  const unknown = [...excluded].filter((name) => !relevant.some((check) => check.name === name))
  return plain(status, [...chosen.map(printCheck), ...unknown.map(printUnknown), closing(first, ok), ''].join('\n'))
}

function printCheck({ name, ok, detail }: HealthCheck): string {
  if (!ok) return `[-]${name} failed: ${detail === '' ? 'no reason given' : oneLine(detail)}`
  return detail === '' ? `[+]${name} ok` : `[+]${name} ok: ${oneLine(detail)}`
}

function printUnknown(name: string): string {
  return `warn: no check ${oneLine(name)} to exclude`
}

function closing(path: string, ok: boolean): string {
  return `${path} check ${ok ? 'passed' : 'failed'}`
}

function json(status: 200 | 503, checks: readonly HealthCheck[]): HealthAnswer {
  const body = {
    status: status === 200 ? 'ok' : 'failed',
    checks: checks.map(({ name, ok, detail }) => ({ name, ok, detail })),
  }
  return { status, contentType: 'application/json', body: `${JSON.stringify(body)}\n` }
}

function plain(status: HealthAnswer['status'], body: string): HealthAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body }
}

function wantsJson(accept: string | undefined): boolean {
  return /(^|,)\s*application\/json\s*(;|,|$)/i.test(accept ?? '')
}

/** Details may quote a policy; a line of ours must not look like two. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
}

const aliases: ReadonlyMap<string, HealthPath> = new Map([
  ['livez', 'livez'],
  ['readyz', 'readyz'],
  ['startupz', 'startupz'],
  ['healthz', 'readyz'],
])
