/**
 * Every route of the admin API, by its name. The one table that decides who may do what: app.ts serves nothing that
 * does not stand here, and the OpenAPI document and docs/api.md are made from it.
 */
import { accessRoutes } from './routes/access-routes.ts'
import { backupRoutes } from './routes/backup-routes.ts'
import { policyRoutes } from './routes/policy-routes.ts'
import type { Route } from './routes/route.ts'
import { trafficRoutes } from './routes/traffic-routes.ts'

export const routeTable = { ...trafficRoutes, ...policyRoutes, ...accessRoutes, ...backupRoutes }

export type RouteName = keyof typeof routeTable

export const routeNames = Object.keys(routeTable) as readonly RouteName[]

/** Gives a route with the optional parts in reach. */
export function routeNamed(name: RouteName): Route {
  return routeTable[name]
}

/** Where all paths of the table begin. */
export const apiBase = '/api/v1'
