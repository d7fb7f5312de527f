import type { Handlers } from '../call.ts'
import type { RouteName } from '../route-table.ts'
import { accessHandlers } from './access-handlers.ts'
import { backendHandlers } from './backend-handlers.ts'
import { backupHandlers } from './backup-handlers.ts'
import { catalogueHandlers } from './catalogue-handlers.ts'
import { diagnosticsHandlers } from './diagnostics-handlers.ts'
import { exceptionHandlers } from './exception-handlers.ts'
import { instanceHandlers } from './instance-handlers.ts'
import { policyHandlers } from './policy-handlers.ts'
import { recordHandlers } from './record-handlers.ts'
import { rehearseHandlers } from './rehearse-handlers.ts'
import { sessionHandlers } from './session-handlers.ts'
import { trafficHandlers } from './traffic-handlers.ts'
import { trustHandlers } from './trust-handlers.ts'
import { tryOutHandlers } from './try-out-handlers.ts'

/** What each route does: complete by its type. */
export const handlers: Handlers<RouteName> = {
  ...accessHandlers,
  ...backendHandlers,
  ...backupHandlers,
  ...catalogueHandlers,
  ...diagnosticsHandlers,
  ...exceptionHandlers,
  ...instanceHandlers,
  ...policyHandlers,
  ...recordHandlers,
  ...rehearseHandlers,
  ...sessionHandlers,
  ...trafficHandlers,
  ...trustHandlers,
  ...tryOutHandlers,
}
