import { SidecarError } from '../errors.ts'
import type { TokenAct } from '../processes/control/token-record.ts'
import { author } from './instance.ts'

/**
 * Has the record say what was done with a token: by the instance, which logs it too, or where none runs, by us. Throws when
 * that cannot be written: no token is given out that nobody can look up.
 */
export async function recordToken(act: Omit<TokenAct, 'author'>, { state }: { readonly state: string }): Promise<void> {
  const { askControl } = await import('../processes/control/control-client.ts')
  const whole = { author: author(), ...act }
  try {
    await askControl('token', whole, { state })
  } catch (thrown) {
    if (!(thrown instanceof SidecarError) || thrown.code !== 'OPERATOR_NOT_RUNNING') throw thrown
    const { closeHistory, openHistory } = await import('../history/open-history.ts')
    const { recordTokenAct } = await import('../processes/control/token-record.ts')
    const history = await openHistory(state)
    try {
      recordTokenAct(history, whole, () => {})
    } finally {
      closeHistory(history)
    }
  }
}
