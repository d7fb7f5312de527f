/** A10: who may use a route is read from the table, for every route, role and part of the API. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { refusalFor } from '../../src/admin/access/authorise.ts'
import { type Identity, nobody } from '../../src/admin/access/identity.ts'
import { routeNamed, routeNames } from '../../src/admin/route-table.ts'

const roles = ['viewer', 'operator', 'admin'] as const
const session = (role: Identity['role']): Identity => ({ ...nobody, name: 'dana', role, by: 'session', areas: 'all' })
const key = (role: Identity['role'], areas: Identity['areas']): Identity => ({
  ...nobody,
  name: 'key:ci',
  role,
  by: 'key',
  areas,
})

describe('A10: routes and roles', () => {
  for (const name of routeNames) {
    const route = routeNamed(name)
    it(`${route.method} ${route.path} takes ${route.least}`, () => {
      const codes = [nobody, ...roles.map(session)].map((who) => refusalFor(route, who)?.code)
      const needed = route.least === 'anyone' ? 0 : roles.indexOf(route.least) + 1
      const expected = ['OPERATOR_NOT_SIGNED_IN', 'OPERATOR_NOT_PERMITTED', 'OPERATOR_NOT_PERMITTED', undefined]
      assert.deepEqual(
        codes,
        expected.map((code, rank) => (rank >= needed ? undefined : code)),
      )
    })
  }

  it('only what cannot change anything, and coming in, is open to anyone', () => {
    const open = routeNames.filter((name) => routeNamed(name).least === 'anyone')
    assert.deepEqual(open.toSorted(), ['health', 'openApi', 'setUp', 'setupState', 'signIn'])
  })

  it('whatever changes what is in force takes an operator', () => {
    const looks = ['checkPolicy', 'editPolicy', 'explain', 'signIn', 'signOut', 'setUp', 'changePassword', 'endSession']
    for (const name of routeNames) {
      const { method, least } = routeNamed(name)
      if (method === 'GET' || looks.includes(name)) continue
      assert.ok(least === 'operator' || least === 'admin', `${name} takes ${least}`)
    }
  })
})

describe('A10: keys are limited to parts', () => {
  it('within them', () => {
    assert.equal(refusalFor({ least: 'operator', area: 'policy' }, key('operator', ['policy'])), undefined)
  })
  it('not beside them', () => {
    const refusal = refusalFor({ least: 'viewer', area: 'traffic' }, key('operator', ['policy']))
    assert.equal(refusal?.code, 'OPERATOR_NOT_PERMITTED')
  })
  it('never to users, keys, sessions and the record', () => {
    const all = key('operator', ['policy', 'trust', 'backends', 'traffic', 'instance'])
    for (const name of routeNames) {
      const route = routeNamed(name)
      if (route.area === 'access' && route.least !== 'anyone') assert.ok(refusalFor(route, all), name)
    }
  })
})
