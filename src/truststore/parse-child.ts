/**
 * The process in which a key store is opened. Its bytes may be an attack on whoever reads them, so whatever goes wrong
 * here goes wrong here: memory, time and rights are limited from outside, in parse-in-child.ts, and one answer is all
 * that this process ever gives.
 */
import { type Container, parseContainer } from '../certificate/parse-container.ts'
import { asSidecarError } from '../errors.ts'

/** What the child says: first that it is there, then what it found. */
export type ParseAnswer =
  | { readonly ready: true }
  | { readonly certificates: readonly Uint8Array[] }
  | { readonly problem: string; readonly ours: boolean }

process.once('message', (container: Container) => say(answerTo(container)))
say({ ready: true })

function answerTo(container: Container): ParseAnswer {
  try {
    return { certificates: parseContainer(container) }
  } catch (thrown) {
    const { code, message } = asSidecarError(thrown)
    return { problem: message, ours: code === 'INTERNAL_ERROR' }
  }
}

function say(answer: ParseAnswer): void {
  process.send?.(answer)
}
