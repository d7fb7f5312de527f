/**
 * A worker's line to what the control process knows about revocation: facts arrive by themselves and are held in a
 * book; what is not in it is asked, and waited for as long as finding out may take and no longer: a handshake in hard
 * mode waits with it, and control may be dead.
 */
import { ANSWER_LIMIT_MS } from '../../revocation/limits.ts'
import { RevocationBook } from '../../revocation/revocation-book.ts'
import type { FromWorker } from '../messages.ts'

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
      const patience = setTimeout(settle, ANSWER_LIMIT_MS)
      this.#open.set(request, settle)
      this.#tell({ type: 'revocation-wanted', request, questions, sources })
    })
  }
}
