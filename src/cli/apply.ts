import { asSidecarError, SidecarError } from '../errors.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { addInstanceOptions, author, sayProgress, showApplied, stateFrom } from './instance.ts'
import { readDocument } from './read-document.ts'
import { parseVersion } from './version-number.ts'

interface ApplyOptions extends Readonly<Record<string, unknown>> {
  readonly comment: string
  readonly ifVersion?: string
  readonly confirmWithin?: string
  readonly revertOnRefusals?: string
  readonly json?: true
}

/** `vedette apply FILE`. */
export const defineApply: DefineCommand = (command, { terminal }) => {
  command
    .argument('<file>', 'the policy to put into force; - reads stdin')
    .option('--comment <text>', 'why, for the history', '')
    .option('--if-version <number>', 'only if this version is still in force')
    .option('--confirm-within <time>', 'go back by itself unless vedette confirm follows within 5m, 30s, …')
    .option('--revert-on-refusals <share>', 'while unconfirmed: go back when more than this share (0.2) is refused')
  addInstanceOptions(command)
  addExamples(command, [
    'apply policy.yaml --comment "trust the new mail server"',
    'apply - --if-version 8 --confirm-within 5m --revert-on-refusals 0.2 < policy.yaml',
  ])
  command.action(async (file: string, options: ApplyOptions) => {
    const { askControl } = await import('../processes/control-client.ts')
    const request = {
      ...(await readDocument(file, terminal)),
      author: author(),
      comment: options.comment,
      ...(await conditionsOf(options)),
    }
    const progress = sayProgress(terminal)
    const applied = await askControl('apply', request, { state: await stateFrom(options, terminal), progress })
    showApplied(applied, { terminal, options })
  })
}

async function conditionsOf({ ifVersion, confirmWithin, revertOnRefusals }: ApplyOptions) {
  if (revertOnRefusals !== undefined && confirmWithin === undefined) {
    throw new SidecarError('OPERATOR_USAGE', '--revert-on-refusals needs --confirm-within: how long to watch')
  }
  return {
    ...(ifVersion === undefined ? {} : { ifVersion: parseVersion('--if-version', ifVersion) }),
    ...(confirmWithin === undefined ? {} : { confirmWithinMs: await parseWithin(confirmWithin) }),
    ...(revertOnRefusals === undefined ? {} : { revertOnRefusals: parseShare(revertOnRefusals) }),
  }
}

async function parseWithin(text: string): Promise<number> {
  const { parseDuration } = await import('../policy/duration.ts')
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
