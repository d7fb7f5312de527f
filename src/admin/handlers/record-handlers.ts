import { checkAudit, everyAudit, listAudit } from '../../history/audit.ts'
import type { Handlers } from '../call.ts'
import { numberIn, pageOf } from './pages.ts'

/** Reading the record of who did what. */
export const recordHandlers: Handlers<'audit' | 'auditExport' | 'auditCheck'> = {
  audit({ query: { limit, cursor } }, { instance: { history } }) {
    const before = numberIn(cursor)
    const found = listAudit(history, { limit: limit + 1, ...(before === undefined ? {} : { before }) })
    return pageOf(found, { limit, cursorOf: ({ number }) => `${number}` })
  },
  auditExport: (_call, { instance: { history } }) =>
    [...everyAudit(history)].map((entry) => `${JSON.stringify(entry)}\n`).join(''),
  auditCheck: (_call, { instance: { history } }) => checkAudit(history),
}
