import * as backup from '../schemas/backup.ts'
import * as instance from '../schemas/instance.ts'
import * as policy from '../schemas/policy.ts'
import type { Route } from './route.ts'

const area = 'access'

/** What is taken out of the instance as one file, and brought back. */
export const backupRoutes = {
  backup: {
    ...{ method: 'GET', path: '/backup', area, least: 'admin', status: 200 },
    says: 'Gives one file with the policy, the versions before, the trust stores and the settings; no key, no user.',
    answer: 'text',
  },
  previewRestore: {
    ...{ method: 'POST', path: '/restore', area, least: 'admin', status: 201 },
    says: 'Takes a backup and shows what bringing it back would change; changes nothing yet.',
    body: 'bytes',
    answer: backup.restorePreview,
  },
  restore: {
    ...{ method: 'POST', path: '/restore/{digest}', area, least: 'admin', status: 202, precondition: true },
    says: 'Brings a backup back that was looked at: its certificates are added, its policy comes into force.',
    body: backup.restoreRequest,
    answer: policy.operation,
  },
  diagnostics: {
    ...{ method: 'GET', path: '/diagnostics', area: 'instance', least: 'operator', status: 200 },
    says: 'Gives one document for whoever is to help: versions, settings, health, events, counters; secrets taken out.',
    answer: instance.diagnostics,
  },
} as const satisfies Record<string, Route>
