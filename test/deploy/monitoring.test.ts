/**
 * Goal: no panel stays empty and no alert silent because a name was changed. Method: every query of the dashboard and the
 * alert rules is taken apart, and each metric, label and value in it must be one that the product has. What this test
 * refuses is tried on queries with a slip first.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { documentedAlerts } from './documented-alerts.ts'
import { slipsIn } from './query-slips.ts'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly remedy: string }
}

interface Panel {
  readonly id: number
  readonly title: string
  readonly description: string
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>
  readonly targets: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[]
}

interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: unknown }[] }
  readonly annotations: { readonly list: readonly { readonly expr: string }[] }
  readonly panels: readonly Panel[]
}

const slips: readonly [query: string, says: RegExp, why: string][] = [
  ['vedette_conections_total > 0', /no metric vedette_conections_total/, 'a metric misspelt'],
  ['sum by (host) (vedette_connections_open)', /no label host/, 'a label that no metric of the query has'],
  ['vedette_workers{stat="active"}', /vedette_workers has no label stat/, 'a label misspelt in a selector'],
  ['vedette_workers{state="busy"}', /state="busy"/, 'a state that is never told'],
  ['vedette_events_total{event="worker.dies"}', /event="worker.dies"/, 'an event that is never logged'],
  ['vedette_events_total{event="policy.applied"}', /event="policy.applied"/, 'an event that is logged at info only'],
  ['vedette_connections_total{reason=~"BACKENDS_.*"}', /reason="BACKENDS_/, 'a pattern that no reason fits'],
  ['histogram_quantile(0.9, vedette_bytes_total_bucket)', /no metric vedette_bytes_total_bucket/, 'no histogram'],
  ['sum(rate(vedette_connections_total[5m])', /brackets/, 'a bracket left open'],
]
for (const [query, says, why] of slips) {
  it(`${why} is noticed: ${query}`, async () => assert.match((await slipsIn(query)).join(), says))
}

describe('the alert rules for Prometheus', () => {
  const { groups } = parse(read('deploy/prometheus/rules.yaml')) as { groups: { name: string; rules: Rule[] }[] }
  const rules = groups.flatMap((group) => group.rules)

  for (const { alert, expr, for: wait, labels, annotations } of rules) {
    it(`${alert} asks for what there is, and says what to do`, async () => {
      assert.deepEqual(await slipsIn(expr), [])
      assert.match(alert, /^Vedette[A-Z][A-Za-z]+$/)
      assert.match(wait ?? '0s', /^\d+[smhd]$/)
      assert.match(labels.severity, /^(info|warning|critical)$/)
      assert.match(annotations.summary, /\{\{ \$labels\.instance \}\}/)
      assert.ok(annotations.remedy.endsWith('.'))
    })
  }

  it('are named once each, and stand in docs/metrics.md with severity and remedy', () => {
    assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length)
    assert.deepEqual(
      documentedAlerts(read('docs/metrics.md')),
      rules.map(({ alert, labels, annotations }) => [`\`${alert}\``, labels.severity, annotations.remedy]),
    )
  })
})

describe('the dashboard for Grafana', () => {
  const { uid, title, templating, annotations, panels } = JSON.parse(read('deploy/grafana/dashboard.json')) as Dashboard
  const variables = templating.list.map(({ name }) => name)

  it('has a title, and asks for its data source instead of naming one', () => {
    assert.deepEqual([uid, title], ['vedette', 'Vedette'])
    assert.deepEqual(variables, ['datasource', 'job', 'instance'])
  })

  for (const { title: panel, description, targets } of panels) {
    it(`the panel "${panel}" asks for what there is`, async () => {
      assert.ok(description.endsWith('.') && targets.length > 0)
      for (const { expr, legendFormat } of targets) {
        assert.deepEqual(await slipsIn(expr, legendFormat), [])
        assert.match(expr, /job=~"\$job", instance=~"\$instance"/)
      }
    })
  }

  it('marks the times when a change came into force, by a metric there is', async () => {
    for (const { expr } of annotations.list) assert.deepEqual(await slipsIn(expr), [])
  })

  it('names each panel and variable once, and lets no panel lie on another', () => {
    for (const names of [variables, panels.map(({ id }) => `${id}`), panels.map((one) => one.title)])
      assert.equal(new Set(names).size, names.length)
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
    )
    assert.equal(new Set(cells).size, cells.length)
    assert.ok(panels.every(({ gridPos: { x, w } }) => x + w <= 24))
  })
})
