import { asSidecarError, SidecarError } from '../errors.ts'
import type { AllowedDecision } from '../policy/allowed-or-throw.ts'
import { decideOn } from '../policy/decide-on.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { addPolicyOptions, composeFrom } from './compose-policy.ts'
import { exitNameFor, showVerdict } from './handshake.ts'
import type { SettingOptions } from './setting-options.ts'
import { describeChain, showChain } from './show-chain.ts'
import type { Terminal } from './terminal.ts'
import { placeFrom, readAnchorFile } from './trust-anchors.ts'

interface VerifyOptions extends SettingOptions {
  readonly chain: string
  readonly host: string
  readonly trust?: string
  readonly at?: string
}

/** `vedette verify --chain FILE --host HOST`: judges a chain that nobody has to show, now or at another time. */
export const defineVerify: DefineCommand = (command, { terminal, exit }) => {
  command
    .requiredOption('--chain <file>', "the backend's own certificate and what it sends after it, in order; - is stdin")
    .requiredOption('--host <host>', 'whom the certificate must be for: host, host:port or https://…')
    .option('--trust <store>', 'trust only this store, whatever the policy says')
    .option('--at <time>', 'judge as of this moment: 2027-06-30, or 2027-06-30T12:00:00Z')
  addPolicyOptions(command)
  addExamples(command, [
    'verify --chain chain.pem --host mail.example.org',
    'verify --chain new.p7b --host api.example.org:8443 --trust corp --at 2027-06-30 --json',
  ])
  command.action(async (options: VerifyOptions) => {
    const nowMs = parseMoment(options.at)
    const composed = await composeFrom(options, terminal)
    const decision = decideOn(composed.snapshot.policy, options.host)
    const { authority } = decision.destination
    if (!decision.allowed) {
      if (options.json) terminal.printJson({ destination: authority, allowed: false, rule: decision.rule.name })
      else terminal.print(`${authority} is denied by the policy; vedette explain ${authority} says why`)
      return exit('refused')
    }
    const chain = await readChain(options, terminal)
    const { judgeChain } = await import('../backend/judge/judge-chain.ts')
    const verdict = judgeChain({ ...(await trusting({ ...composed, decision }, options)), chain, nowMs })
    const shown = describeChain(chain)
    const record = {
      destination: authority,
      allowed: true,
      rule: decision.rule.name,
      at: new Date(nowMs).toISOString(),
    }
    if (options.json) terminal.printJson({ ...record, verdict, presentedChain: shown })
    else {
      showVerdict(verdict, terminal)
      showChain(shown, terminal)
    }
    exit(exitNameFor({ verdict }))
  })
}

/** Reads the chain in any format; what is wrong with the file is told of the file, for it is in no trust store. */
async function readChain({ chain: file, ...options }: VerifyOptions, terminal: Terminal) {
  try {
    return await readAnchorFile(file, await placeFrom(options), terminal)
  } catch (thrown) {
    const error = asSidecarError(thrown)
    if (error.code !== 'OPERATOR_BAD_TRUST_STORE') throw error
    throw new SidecarError('OPERATOR_FILE_UNREADABLE', `chain file ${file}: ${error.details.what}`, { cause: error })
  }
}

interface Judged {
  readonly snapshot: Snapshot
  readonly decision: AllowedDecision
}

/** The snapshot and the decision as they are, or with one store in place of those of the rule. */
async function trusting({ snapshot, decision }: Judged, options: VerifyOptions): Promise<Judged> {
  const { trust: name } = options
  if (name === undefined) return { snapshot, decision }
  const { loadTrustSets } = await import('../truststore/load-trust-sets.ts')
  const { sets, problems } = await loadTrustSets({ ...(await placeFrom(options)), names: [name] })
  if (problems[0] !== undefined) throw problems[0]
  const rule = { ...decision.rule, trustStores: [name] }
  return { snapshot: { ...snapshot, trust: { ...snapshot.trust, ...sets } }, decision: { ...decision, rule } }
}

function parseMoment(text: string | undefined): number {
  if (text === undefined) return Date.now()
  const ms = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z)?$/.test(text) ? Date.parse(text) : Number.NaN
  // The 30th of February would silently become the 2nd of March.
  if (!Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text.slice(0, 10))) return ms
  const message = `--at expects a moment such as 2027-06-30 or 2027-06-30T12:00:00Z, found ${JSON.stringify(text)}`
  throw new SidecarError('OPERATOR_USAGE', message)
}
