/**
 * A worker's line to what the control process knows about revocation: facts arrive by themselves and are held in a
 * book; what is not in it is asked, and waited for only so long: a handshake waits with it, and control may be dead.
 */
import { RevocationBook } from '../revocation/revocation-book.ts'
import type { FromWorker } from './messages.ts'

const PATIENCE_MS = 4_000

export class RevocationLine {
  readonly book = new RevocationBook((questions, sources) => this.#ask(questions, sources))
  readonly #open = new Map<number, () => void>()
  readonly #tell: (message: FromWorker) => void
  #asked = 0

  constructor(tell: (message: FromWorker) => void) {
    this.#tell = tell
  }

  /** A question has been looked into; what came of it has arrived before. */
  answered(request: number): void {
    this.#open.get(request)?.()
  }

  #ask(...[questions, sources]: Parameters<RevocationBook['ask']>): Promise<void> {
    const request = ++this.#asked
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(patience)
        this.#open.delete(request)
        resolve()
      }
      const patience = setTimeout(settle, PATIENCE_MS)
      this.#open.set(request, settle)
      this.#tell({ type: 'revocation-wanted', request, questions, sources })
    })
  }
}
