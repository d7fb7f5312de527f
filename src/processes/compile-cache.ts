/**
 * Where compiled sources are kept. Erasing the types of our own sources costs more than half of a start, and the
 * eraser alone 30 MB in each process that needs it. The folder lies in the installation itself: whoever can write
 * there can change the code too, which is not so of a folder under /tmp.
 */
import { enableCompileCache, flushCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../node_modules/.cache/vedette', import.meta.url))

/**
 * Lets processes that are given these variables find everything compiled, the file they are started with included:
 * `enableCompileCache` comes too late for that one, and the eraser would be loaded for it.
 */
export const compileCacheVariables: Readonly<Record<string, string>> = {
  NODE_COMPILE_CACHE: folder,
  NODE_COMPILE_CACHE_PORTABLE: '1',
}

/** Makes this process use the cache for what it loads from now on; where it cannot be written, nothing is lost. */
export function keepCompiledCode(): void {
  enableCompileCache({ directory: folder, portable: true })
  // Node writes it when a process ends, which for the first instance may be weeks away: the next generation wants it.
  setTimeout(flushCompileCache, FLUSH_AFTER_MS).unref()
}

const FLUSH_AFTER_MS = 3000
