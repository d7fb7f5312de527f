/**
 * Ignores the signals that the supervisor answers for all of us. Ctrl-C in a terminal and a stop by systemd signal
 * every process of the group, and a worker that ended by itself would lose the requests it carries.
 */
export function outliveGroupSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
}
