/**
 * Pauses in the work of control. It may share a processor with the workers, and Linux lets a process that has begun run for
 * some milliseconds before another that has been woken gets its turn: longer than most requests of the API take. So their
 * work is done in pieces, between which the traffic goes on.
 */

/** Lets everybody else on this processor have their turn. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1))
}
