/**
 * What a piece of work costs of the processor, in ms of this process and all its threads: what else the machine does takes
 * time on the clock and none here. The least of a few tries, because the first ones compile and any may collect garbage.
 */
export async function leastProcessorMs(work: () => unknown, tries = 5): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let n = 0; n < tries; n += 1) {
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}
