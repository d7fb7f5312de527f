/** What an operator should look at next, drawn from what the instance knows. Each piece of advice names where to act. */
import type { Backend, PolicyDocument, Status } from '../../admin/contract.ts'

export interface Advice {
  readonly text: string
  /** The screen where to act. */
  readonly at: string
}

export interface Known {
  readonly status: Status
  readonly document: PolicyDocument
  readonly backends: readonly Backend[]
}

/** Gives advice, the gravest first; empty when there is nothing to say. */
export function advise({ status, document, backends }: Known): readonly Advice[] {
  const strictTls = (document.spec as { strictTls?: StrictTls } | undefined)?.strictTls ?? {}
  const untrusted = backends.filter(({ outcome }) => outcome === 'allowed')
  const refused = backends.filter(({ outcome }) => outcome === 'refused')
  return [
    ...status.alarms.map((text) => ({ text, at: '/system' })),
    ...status.restartNeeded.map((name) => ({ text: `${name} was changed and waits for a restart.`, at: '/system' })),
    ...(strictTls.enabled === false
      ? [{ text: 'Strict TLS is off: certificates of backends are not verified.', at: '/outgoing-tls' }]
      : []),
    ...(strictTls.enforcement === 'report'
      ? [{ text: 'Strict TLS only reports: nothing is refused.', at: '/outgoing-tls' }]
      : []),
    ...(strictTls.allowUntrusted === true
      ? [{ text: `Allow and log is on: ${hosts(untrusted.length)} left to mend.`, at: '/untrusted' }]
      : []),
    ...(refused.length > 0 ? [{ text: `${hosts(refused.length)} refused when last seen.`, at: '/backends' }] : []),
    ...status.backendHealth.failing.map(({ backend, detail }) => ({
      text: `${backend} fails its health check: ${detail}.`,
      at: '/backends',
    })),
    ...status.exceptions.map(({ backend, daysLeft, owner }) => ({
      text: `The exception for ${backend} ${daysLeft < 0 ? 'is over' : `ends in ${daysLeft} days`}; it belongs to ${owner}.`,
      at: '/outgoing-tls',
    })),
  ]
}

interface StrictTls {
  readonly enabled?: boolean
  readonly enforcement?: string
  readonly allowUntrusted?: boolean
}

function hosts(count: number): string {
  return count === 1 ? '1 backend' : `${count} backends`
}
