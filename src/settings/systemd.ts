/**
 * What systemd tells the one process that it starts: where to say how things are (sd_notify(3)), and which sockets it
 * holds for us (sd_listen_fds(3)). It means that process alone, so no child of ours sees these variables.
 */

/** One socket that systemd has opened, and listens on while we do not run. */
export interface SystemdSocket {
  /** The file descriptor. */
  readonly fd: number
  /** FileDescriptorName= of its unit, the unit's own name unless it says otherwise; for messages only. */
  readonly name: string
}

export interface Systemd {
  /** The datagram socket that hears how things are; empty when nobody wants to hear. */
  readonly notifySocket: string
  /** Within which time it wants to hear that all is well; 0 when it does not mind. */
  readonly watchdogMs: number
  readonly sockets: readonly SystemdSocket[]
}

/** The variables that carry all that. */
export const systemdVariables: readonly string[] = [
  'NOTIFY_SOCKET',
  'WATCHDOG_USEC',
  'WATCHDOG_PID',
  'LISTEN_FDS',
  'LISTEN_FDNAMES',
  'LISTEN_PID',
  'LISTEN_PIDFDID',
]

/** Reads what systemd tells this process. */
export function readSystemd(): Systemd {
  return pickSystemd(process.env, process.pid)
}

/** Picks what is meant for the process with this id: what an ancestor was told may still lie in the environment. */
export function pickSystemd(variables: Readonly<Record<string, string | undefined>>, pid: number): Systemd {
  const { NOTIFY_SOCKET: notifySocket = '', WATCHDOG_USEC, WATCHDOG_PID, LISTEN_PID } = variables
  const isWatched = WATCHDOG_PID === undefined || WATCHDOG_PID === String(pid)
  return {
    notifySocket,
    watchdogMs: isWatched && /^\d{1,15}$/.test(WATCHDOG_USEC ?? '') ? Number(WATCHDOG_USEC) / 1000 : 0,
    sockets: LISTEN_PID === String(pid) ? socketsOf(variables) : [],
  }
}

/** Makes the environment of `systemd-notify`, which speaks for us. */
export function environmentOfNotify(notifySocket: string): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, NOTIFY_SOCKET: notifySocket }
}

function socketsOf({ LISTEN_FDS, LISTEN_FDNAMES = '' }: Readonly<Record<string, string | undefined>>): SystemdSocket[] {
  const count = /^\d{1,4}$/.test(LISTEN_FDS ?? '') ? Number(LISTEN_FDS) : 0
  const names = LISTEN_FDNAMES.split(':')
  return Array.from({ length: count }, (_, place) => ({ fd: FIRST_FD + place, name: names[place] ?? '' }))
}

/** SD_LISTEN_FDS_START: behind standard input, output and errors. */
const FIRST_FD = 3
