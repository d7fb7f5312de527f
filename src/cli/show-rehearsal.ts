import { unlistedName } from '../policy/document/compile-rule.ts'
import { type Rehearsal, type RehearsalChange, rehearsalChanges } from '../processes/control/trials/rehearse.ts'
import type { Trial } from '../processes/control/trials/try-destination.ts'
import { showTable } from './show-table.ts'
import type { Terminal } from './terminal.ts'

const words: Readonly<Record<RehearsalChange, string>> = {
  breaks: 'would break',
  'no-longer-trusted': 'no longer trusted',
  'newly-allowed': 'newly allowed',
  'newly-trusted': 'newly trusted',
  unreachable: 'unreachable',
  unchanged: 'unchanged',
}

const colors = {
  breaks: 'red',
  'no-longer-trusted': 'yellow',
  'newly-allowed': 'yellow',
  'newly-trusted': 'green',
  unreachable: 'dim',
  unchanged: 'dim',
} as const

/** Shows what a candidate changes, backend by backend, the gravest first. */
export function showRehearsal(rehearsal: Rehearsal, terminal: Terminal): void {
  const { backends, counts, notTried, against } = rehearsal
  const rows = backends.map(({ backend, now, after, change }) => [
    terminal.paint(colors[change], words[change]),
    backend,
    now === null ? '-' : now.outcome,
    after.outcome,
    describeWhy(now, after),
  ])
  showTable([['', 'backend', 'now', 'after', 'why'], ...rows], terminal)
  const told = rehearsalChanges
    .filter((change) => counts[change] > 0)
    .map((change) => `${counts[change]} ${words[change]}`)
  const held = against === null ? '' : `, against version ${against}`
  terminal.say(`${told.length === 0 ? 'no backend is known yet' : told.join(', ')}${held}`)
  if (notTried.length > 0) terminal.say(`${notTried.length} were not tried: ${notTried.slice(0, 10).join(', ')}`)
}

/** The reason of whatever is worse; a change for the better is explained by what was wrong before. */
function describeWhy(now: Trial | null, after: Trial): string {
  // What no rule names is judged by the policy as a whole.
  const rule = after.rule === unlistedName ? 'no rule' : `rule ${after.rule}`
  if (after.why !== '') return after.why.includes(rule) ? after.why : `${rule}: ${after.why}`
  return now === null || now.why === '' ? rule : `${rule}; was ${now.why}`
}
