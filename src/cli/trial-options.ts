/** The options that put a change on trial: it goes back by itself unless somebody confirms it. */
import type { Command } from 'commander'
import { asSidecarError, SidecarError } from '../errors.ts'
import type { TrialWish } from '../processes/control/control-protocol.ts'
import type { SettingOptions } from './setting-options.ts'

/** Adds them. */
export function addTrialOptions(command: Command): void {
  command
    .option('--confirm-within <time>', 'go back by itself unless vedette confirm follows within 5m, 30s, …')
    .option('--revert-on-refusals <share>', 'while unconfirmed: go back when more than this share (0.2) is refused')
}

/** What they add to a request; nothing when they were not given. Throws OPERATOR_USAGE for what makes no sense. */
export async function trialFrom({ confirmWithin, revertOnRefusals }: SettingOptions): Promise<TrialWish> {
  if (confirmWithin === undefined && revertOnRefusals !== undefined) {
    throw new SidecarError('OPERATOR_USAGE', '--revert-on-refusals needs --confirm-within: how long to watch')
  }
  return {
    ...(confirmWithin === undefined ? {} : { confirmWithinMs: await parseWithin(String(confirmWithin)) }),
    ...(revertOnRefusals === undefined ? {} : { revertOnRefusals: parseShare(String(revertOnRefusals)) }),
  }
}

async function parseWithin(text: string): Promise<number> {
  const { parseDuration } = await import('../policy/document/duration.ts')
  try {
    return parseDuration(text)
  } catch (cause) {
    const { message } = asSidecarError(cause)
    throw new SidecarError('OPERATOR_USAGE', `--confirm-within ${message.replace(/^expected/, 'expects')}`, { cause })
  }
}

function parseShare(text: string): number {
  const share = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (share >= 0 && share <= 1) return share
  throw new SidecarError(
    'OPERATOR_USAGE',
    `--revert-on-refusals expects a share from 0 to 1, found ${JSON.stringify(text)}`,
  )
}
