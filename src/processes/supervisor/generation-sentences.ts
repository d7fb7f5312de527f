/** What the log says of a generation and its workers, for a reader. */
import type { EventName } from '../../observe/event-names.ts'

/** The sentence of an event about a generation, by its number. */
export function sentenceOf(name: EventName, generation: number): string {
  return sentences[name]?.(generation) ?? name
}

const sentences: { readonly [N in EventName]?: (generation: number) => string } = {
  'generation.starting': (generation) => `generation ${generation} is starting`,
  'generation.active': (generation) => `generation ${generation} takes all new requests`,
  'generation.failed': (generation) => `generation ${generation} does not start; what ran before runs on`,
  'generation.retired': (generation) => `generation ${generation} has ended`,
  'generation.cut': (generation) => `the drain deadline of generation ${generation} cut callers`,
  'generation.reweighed': (generation) =>
    `connections of generation ${generation} were cut: a new version or a revocation refuses them`,
  'memory.short': (generation) => `a worker of generation ${generation} is short of memory and takes nothing new`,
  'memory.recovered': (generation) => `a worker of generation ${generation} has memory again and takes callers`,
  'worker.ready': (generation) => `a worker of generation ${generation} is ready`,
  'worker.exited': (generation) => `a worker of generation ${generation} has ended`,
  'worker.restart-delayed': (generation) => `workers of generation ${generation} keep dying: the next start waits`,
  'worker.died': (generation) => `a worker of generation ${generation} died and is replaced`,
}
