/**
 * Goal: Prometheus takes the files as they are, and the alerts come when they should and stay away when they should not.
 * Method: its own promtool over the rules, over cases written out in alerts.test.yaml, and over the queries of the dashboard,
 * which it is handed as rules. What each of these refuses is tried on a slip.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { findPromtool } from '../kit/promtool.ts'

const file = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const promtool = await findPromtool()
const folder = mkdtempSync(path.join(tmpdir(), 'vedette-rules-'))
after(() => {
  promtool.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** Writes a text beside the others; gives its place. */
function written(name: string, text: string): string {
  const place = path.join(folder, name)
  writeFileSync(place, text)
  return place
}

describe('promtool', () => {
  const rules = readFileSync(file('deploy/prometheus/rules.yaml'), 'utf8')

  it('takes the alert rules', async () => {
    const { code, says } = await promtool.run(['check', 'rules', file('deploy/prometheus/rules.yaml')])
    assert.equal(code, 0, says)
  })

  it('refuses them with a query that is none', async () => {
    const broken = written('broken.yaml', rules.replace('vedette_backend_up == 0', 'vedette_backend_up == == 0'))
    const { code, says } = await promtool.run(['check', 'rules', broken])
    assert.notEqual(code, 0)
    assert.match(says, /VedetteBackendDown.*unexpected/s)
  })

  it('sees each alert come and stay away as the cases say', async () => {
    const { code, says } = await promtool.run(['test', 'rules', file('test/deploy/alerts.test.yaml')])
    assert.equal(code, 0, says)
  })

  it('sees a rule that comes too late', async () => {
    written('rules.yaml', rules.replace('time() < 14 * 86400', 'time() < 1 * 86400'))
    const cases = readFileSync(file('test/deploy/alerts.test.yaml'), 'utf8')
    const late = written('late.yaml', cases.replace('../../deploy/prometheus/rules.yaml', 'rules.yaml'))
    const { code, says } = await promtool.run(['test', 'rules', late])
    assert.notEqual(code, 0)
    assert.match(says, /VedetteBackendCertificateEnds/)
  })

  it('takes every query of the dashboard, once Grafana has put in its variables', async () => {
    const { panels } = JSON.parse(readFileSync(file('deploy/grafana/dashboard.json'), 'utf8')) as {
      panels: readonly { title: string; targets: readonly { expr: string }[] }[]
    }
    const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
    const asRules = queries.map((query, nth) => ({
      record: `panel:${nth}`,
      expr: query.replaceAll('$__rate_interval', '1m').replaceAll(/\$(job|instance)/g, '.*'),
    }))
    assert.ok(asRules.length >= 20)
    const place = written('dashboard.yaml', stringify({ groups: [{ name: 'dashboard', rules: asRules }] }))
    const { code, says } = await promtool.run(['check', 'rules', '--lint=none', place])
    assert.equal(code, 0, says)
  })
})
