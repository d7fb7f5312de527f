import * as z from 'zod'

/** Notes that a value is not what was expected, and ends its transformation. */
export function refuseField(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message })
  return z.NEVER
}
