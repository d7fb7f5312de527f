/** Who may use a route: pure, from the table of routes alone, so that no route can forget to ask. */
import { SidecarError } from '../../errors.ts'
import type { Route } from '../routes/route.ts'
import type { Identity } from './identity.ts'

const ranks = { none: 0, viewer: 1, operator: 2, admin: 3 } as const

/** Tells why somebody may not use a route; undefined when they may. */
export function refusalFor(route: Pick<Route, 'least' | 'area'>, who: Identity): SidecarError | undefined {
  const { least, area } = route
  if (least === 'anyone') return undefined
  if (who.by === 'nobody') return new SidecarError('OPERATOR_NOT_SIGNED_IN', 'nobody is signed in here')
  if (ranks[who.role] < ranks[least]) {
    return new SidecarError('OPERATOR_NOT_PERMITTED', `${who.name} is ${who.role}; this takes the role ${least}`, {
      details: { least, role: who.role },
    })
  }
  if (who.areas === 'all' || who.areas.includes(area)) return undefined
  const allowed = who.areas.join(', ')
  return new SidecarError('OPERATOR_NOT_PERMITTED', `${who.name} is limited to ${allowed}; this belongs to ${area}`, {
    details: { area },
  })
}
