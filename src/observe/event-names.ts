/**
 * Every event this product logs, by its stable name: searches and alerts hold on to these, so a name is never reused
 * for something else. The level is part of the meaning and stands here, not at the place that logs.
 */

import type { Level } from './level.ts'

export interface EventTraits {
  readonly level: Level
  /** What has happened, in one sentence. */
  readonly meaning: string
}

export const events = {
  request: { level: 'info', meaning: 'A request is over: the canonical line.' },
  tunnel: { level: 'info', meaning: 'A tunnel or an upgraded connection is over: the canonical line.' },

  'instance.starting': { level: 'info', meaning: 'The supervisor has read its settings and begins.' },
  'instance.ready': { level: 'info', meaning: 'Callers are served.' },
  'instance.draining': { level: 'info', meaning: 'Nobody new is accepted, what is under way goes on.' },
  'instance.stopped': { level: 'info', meaning: 'Everything has ended; the message says how many were cut.' },
  'instance.failed': { level: 'error', meaning: 'The instance cannot start or go on.' },
  'systemd.unheard': { level: 'warn', meaning: 'Nothing could be told to systemd; all else goes on.' },
  'signal.received': { level: 'info', meaning: 'A signal asks for something.' },

  'control.started': { level: 'info', meaning: 'The control process is up.' },
  'control.exited': { level: 'error', meaning: 'The control process died; traffic goes on, a new one is started.' },
  'worker.ready': { level: 'info', meaning: 'A worker has built its contexts and takes callers.' },
  'worker.exited': { level: 'info', meaning: 'A retired worker is gone.' },
  'worker.died': { level: 'error', meaning: 'A worker ended unasked; a new one is started.' },
  'worker.restart-delayed': { level: 'error', meaning: 'Workers die one after the other; the next start waits.' },

  'memory.short': {
    level: 'warn',
    meaning: 'A worker is near the end of its memory: it goes on with what is under way and takes nothing new.',
  },
  'memory.recovered': { level: 'info', meaning: 'A worker that was short of memory takes callers again.' },

  'generation.starting': { level: 'info', meaning: 'Workers for a new snapshot are being started.' },
  'generation.active': { level: 'info', meaning: 'New requests run under this generation.' },
  'generation.failed': { level: 'error', meaning: 'New workers were not ready in time; the old ones run on.' },
  'generation.retired': { level: 'info', meaning: 'The last worker of an old generation is gone.' },
  'generation.reweighed': {
    level: 'warn',
    meaning: 'A change or a revocation cut tunnels and requests that are refused now.',
  },
  'generation.cut': { level: 'warn', meaning: 'The drain deadline cut connections of an old generation.' },

  'settings.changed': { level: 'info', meaning: 'vedette.yaml changed and is in force.' },
  'settings.rejected': { level: 'error', meaning: 'vedette.yaml changed and is bad; the old settings stay.' },
  'settings.restart-needed': { level: 'warn', meaning: 'A changed setting comes into force with the next start only.' },
  'policy.applied': { level: 'info', meaning: 'A version is in force and recorded.' },
  'policy.unchanged': { level: 'info', meaning: 'The text is the active version already.' },
  'policy.rejected': { level: 'error', meaning: 'A candidate was refused; the running version stays.' },
  'policy.awaits-confirmation': { level: 'warn', meaning: 'A version reverts by itself unless it is confirmed.' },
  'policy.confirmed': { level: 'info', meaning: 'The pending version stays.' },
  'policy.reverted': { level: 'warn', meaning: 'The pending version was not confirmed and is undone.' },
  'policy.unwritable': {
    level: 'warn',
    meaning: 'The policy file cannot be written: only a change of the file itself changes the policy.',
  },
  'policy.warning': { level: 'warn', meaning: 'The policy is valid and says something doubtful.' },
  'exception.ending': { level: 'warn', meaning: 'An exception of the policy ends within 14 days, or within 3.' },
  'exception.over': { level: 'warn', meaning: 'An exception of the policy is over and forgives nothing any more.' },
  'catalogue.changed': {
    level: 'warn',
    meaning: 'After an upgrade the version in force offers something else: the message says what became of a list.',
  },
  'truststore.changed': { level: 'info', meaning: 'A trust store was read again and differs.' },
  'truststore.rejected': { level: 'error', meaning: 'A trust store cannot be read; the last good one stays.' },
  'backup.incomplete': { level: 'warn', meaning: 'A backup leaves out a trust store that cannot be read.' },
  'identity.changed': { level: 'info', meaning: 'A key pair was read again and differs.' },
  'identity.rejected': { level: 'error', meaning: 'A key pair cannot be read; the last good one stays.' },

  'token.issued': { level: 'info', meaning: 'A command made a token.' },
  'token.used': { level: 'info', meaning: 'A token was brought: how often within a minute, and what came of it.' },
  'token.refused': { level: 'warn', meaning: 'Somebody asked for a tunnel without a token that is taken.' },
  'token.revoked': { level: 'info', meaning: 'A command revoked a token.' },
  'token.rotated': { level: 'info', meaning: 'A command made a new key for tokens.' },
  'token.lost': { level: 'warn', meaning: 'So many uses of tokens at once that some are in no record.' },

  'history.unwritable': {
    level: 'error',
    meaning: 'What workers noted cannot be written down and is lost; all else goes on.',
  },
  'history.created': { level: 'info', meaning: 'The state folder had no history: a new one begins.' },

  'backend.failing': {
    level: 'warn',
    meaning: 'A backend that passed its health checks, or was never checked, fails one.',
  },
  'backend.recovered': { level: 'info', meaning: 'A backend that failed its health checks passes again.' },

  'crl.good': { level: 'info', meaning: 'A revocation list is in use, for the first time or again.' },
  'crl.bad': {
    level: 'warn',
    meaning: 'A revocation list has ended, cannot be used or cannot be fetched.',
  },
  'issuer.fetched': {
    level: 'info',
    meaning: 'Intermediates that a backend did not send were fetched; they trust nothing.',
  },
  'issuer.missing': {
    level: 'warn',
    meaning: 'What a certificate names as its issuer could not be fetched or is none.',
  },
  'job.failed': { level: 'error', meaning: 'Timed work failed; it runs again at its next time.' },

  'backend.intolerant': {
    level: 'warn',
    meaning: 'Handshakes with post-quantum groups broke twice and went through without: a day without them.',
  },

  'entrance.listening': { level: 'info', meaning: 'An entrance is open.' },
  'entrance.unserved': { level: 'warn', meaning: 'A socket that systemd passes has the address of no entrance.' },
  'health.listening': { level: 'info', meaning: 'Health and metrics can be asked for.' },
  'admin.listening': { level: 'info', meaning: 'The System Manager and its API can be asked.' },
  'admin.unnamed': {
    level: 'warn',
    meaning: 'The System Manager listens on every address and knows no name it is called by: it refuses who asks.',
  },
  'command.refused': { level: 'warn', meaning: 'A command on the control socket failed.' },
  'internal.error': { level: 'error', meaning: 'A bug of ours: please report it with this line.' },
  'debug.note': { level: 'debug', meaning: 'A detail for those who look for a fault.' },
} as const satisfies Record<string, EventTraits>

export type EventName = keyof typeof events
