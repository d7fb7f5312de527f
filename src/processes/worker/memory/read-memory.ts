/**
 * How much memory this process, and its container, use of what they may. Two traps are shut here. V8's `heap_size_limit` counts the
 * young generation, 96 MiB on most machines: of a heap of 100 MiB one half of that limit would be all that is ever
 * reached, so the old generation is measured, which is what runs out. And a container's used memory counts the page
 * cache, which the kernel gives back before it kills anybody, and what we have freed (reusable-memory.ts).
 */
import os from 'node:os'
import v8 from 'node:v8'
import { ENOUGH_UNDER, type MemoryReading, usedShare } from './judge-memory.ts'
import { readReclaimable } from './read-reclaimable.ts'
import { ReusableMemory } from './reusable-memory.ts'

/** Where the figures come from. */
export interface MemorySource {
  readonly heapLimit: number
  /** Bytes held outside of V8's heap, buffers above all. */
  readonly external: number
  /** Bytes in use by the name of the space. */
  readonly spaces: readonly { readonly space_name: string; readonly space_used_size: number }[]
  /** Of the container; 0 or a huge number where it has no limit. */
  readonly constrained: number
  readonly available: number
  /** Of the machine. */
  readonly total: number
  /** Asked only when it matters, since it reads files. */
  reclaimable(): number
}

const YOUNG_MAX = 96 * 1024 * 1024
/** V8 makes the young generation three times a 128th of the old one, and the old one half of the memory there is. */
const YOUNG_SHARE = 3 / 128 / 2
/** Whoever sets the sizes by hand may have made the young one smaller than we think: something is left for the old one. */
const OLD_LEAST = 1 / 4

/** Makes a reader of each limit there is; it remembers how full the container was. */
export function memoryReader(look: () => MemorySource = ofThisProcess): () => readonly MemoryReading[] {
  const reusable = new ReusableMemory()
  return () => {
    const source = look()
    const container = readContainer(source)
    const heap = readHeap(source)
    return container === undefined ? [heap] : [heap, reusable.without(container, source.external)]
  }
}

function readHeap({ heapLimit, spaces, constrained, total }: MemorySource): MemoryReading {
  const memory = isLimit(constrained, total) ? constrained : total
  const old = spaces.filter(({ space_name: name }) => !name.startsWith('new_'))
  const usedBytes = old.reduce((sum, { space_used_size: used }) => sum + used, 0)
  const young = Math.min(YOUNG_MAX, memory * YOUNG_SHARE)
  return { of: 'heap', usedBytes, limitBytes: Math.max(heapLimit - young, heapLimit * OLD_LEAST) }
}

function readContainer({ constrained, available, total, reclaimable }: MemorySource): MemoryReading | undefined {
  if (!isLimit(constrained, total)) return undefined
  const reading = { of: 'container', usedBytes: constrained - available, limitBytes: constrained } as const
  if (usedShare(reading) < ENOUGH_UNDER) return reading
  return { ...reading, usedBytes: Math.max(0, reading.usedBytes - reclaimable()) }
}

/** A container without a limit has that of its machine, whatever number stands for it. */
function isLimit(constrained: number, total: number): boolean {
  return constrained > 0 && constrained < total
}

function ofThisProcess(): MemorySource {
  const { heap_size_limit: heapLimit, external_memory: external } = v8.getHeapStatistics()
  return {
    heapLimit,
    external,
    spaces: v8.getHeapSpaceStatistics(),
    constrained: process.constrainedMemory(),
    available: process.availableMemory(),
    total: os.totalmem(),
    reclaimable: readReclaimable,
  }
}
