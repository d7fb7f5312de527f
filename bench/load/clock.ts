/** Milliseconds of the machine's monotonic clock: the same in every process, so times from several may be compared. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
