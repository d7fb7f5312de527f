/** What is wrong with a query for Prometheus, by what the product counts: not its grammar, but every name in it. */
import { errorCodes } from '../../src/errors.ts'
import { events } from '../../src/observe/event-names.ts'
import { type MetricTraits, metricTable } from '../../src/observe/metric-table.ts'
import { createMetrics } from '../../src/observe/metrics.ts'
import { findingNames } from '../../src/policy/policy.ts'

/** Labels that Prometheus or Grafana add, and `le` of histograms. */
const everywhere = ['job', 'instance', 'le']
const decisions = ['allow', 'allow-untrusted', 'deny', 'error']

/** Names everything in a query, and in the legend of its series, that does not exist. */
export async function slipsIn(query: string, legend = ''): Promise<string[]> {
  const processMetrics = await namesOfProcess()
  const slips = balanced(query) ? [] : ['the brackets do not match']
  const named = [...query.matchAll(/\b((?:vedette|process|nodejs)_[a-z0-9_]+)(?:\{([^}]*)\})?/g)]
  const labels = new Set(everywhere)
  for (const [, name = '', selector = ''] of named) {
    const metric = traitsOf(name)
    if (metric === undefined && !processMetrics.has(name)) slips.push(`there is no metric ${name}`)
    for (const label of metric?.labels ?? []) labels.add(label)
    slips.push(...slipsInSelector(name, { metric, selector }))
  }
  const lists = [...query.matchAll(/\b(?:by|on|without|ignoring) \(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(', '),
  )
  const shown = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label)
  for (const label of [...lists, ...shown]) if (!labels.has(label)) slips.push(`no label ${label}`)
  return named.length === 0 ? [...slips, 'no metric of ours is asked for'] : slips
}

interface Selected {
  readonly metric: MetricTraits | undefined
  readonly selector: string
}

function slipsInSelector(name: string, { metric, selector }: Selected): string[] {
  return [...selector.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)].flatMap(([, label = '', , value = '']) => {
    if (everywhere.includes(label)) return []
    if (metric?.labels.includes(label) !== true) return [`${name} has no label ${label}`]
    const told = value.split('|').every((each) => isTold(label, { value: each, help: metric.help }))
    return told ? [] : [`no series has ${label}="${value}"`]
  })
}

/** Values of labels that are small known sets; where the set is not in the source it is in the meaning of the metric. */
function isTold(label: string, { value, help }: { readonly value: string; readonly help: string }): boolean {
  if (label === 'event') return Object.entries(events).some(([name, { level }]) => name === value && level !== 'info')
  if (label === 'decision') return decisions.includes(value)
  if (label === 'reason') {
    return [...Object.keys(errorCodes), ...findingNames].some((one) => new RegExp(`^(?:${value})$`).test(one))
  }
  return help.split(/[^\w-]+/).includes(value)
}

function traitsOf(name: string): MetricTraits | undefined {
  const ours: Readonly<Record<string, MetricTraits>> = metricTable
  const bare = name.replace(/^vedette_/, '')
  const histogram = ours[bare.replace(/_(bucket|sum|count)$/, '')]
  return ours[bare] ?? (histogram?.type === 'histogram' ? histogram : undefined)
}

async function namesOfProcess(): Promise<ReadonlySet<string>> {
  const { body } = await createMetrics({ workers: () => ({}), build: { version: '', commit: '' } }).text(undefined)
  return new Set([...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name))
}

function balanced(query: string): boolean {
  const open: string[] = []
  for (const bracket of query.replaceAll(/"[^"]*"/g, '').match(/[()[\]{}]/g) ?? []) {
    if ('([{'.includes(bracket)) open.push(bracket)
    else if (open.pop() !== '([{'[')]}'.indexOf(bracket)]) return false
  }
  return open.length === 0
}
