/**
 * The role that decides: it reads what the operator wrote, keeps the history, answers commands and health questions,
 * and tells the supervisor which snapshot to run. Traffic does not depend on it: it may crash and come back.
 */
import { openHistory } from '../../history/open-history.ts'
import { createLogger } from '../../observe/logger.ts'
import { writeToStandardOutput } from '../../observe/standard-output.ts'
import { loadSettings } from '../../settings/load-settings.ts'
import type { Settings } from '../../settings/settings.ts'
import { recordOf } from '../error-record.ts'
import type { ToControl } from '../messages.ts'
import { outliveGroupSignals } from '../signals.ts'
import { ControlRoom } from './control-room.ts'
import { type Heard, SupervisorLink } from './supervisor-link.ts'

/** Begins to listen to the supervisor; the process lives from here on by what it is told. */
export function startControl(): void {
  outliveGroupSignals()
  process.title = 'vedette control'
  let room: ControlRoom | undefined
  // What arrives while the history is being opened waits for somebody who understands it.
  const early: Heard[] = []
  const link = new SupervisorLink((message) => {
    if (message.type === 'begin') void begin(message)
    else if (room === undefined) early.push(message)
    else room.heard(message)
  })
  process.once('disconnect', () => {
    room?.close()
    process.exit(0)
  })

  async function begin(message: ToControl & { type: 'begin' }): Promise<void> {
    try {
      const settings = message.running?.snapshot.settings ?? loadSettings(message.options).settings
      const socket = await link.claim(settings.state)
      const history = await openHistory(settings.state)
      room = new ControlRoom({ begin: message, settings, link, history })
      for (const event of early.splice(0)) room.heard(event)
      await room.start(socket)
      await link.tell({ type: 'up' })
    } catch (error) {
      // On the first start the supervisor gives up and says why; later it starts another one of us after a while, and
      // if that is how it goes on, the log is the only place to learn it from.
      if (message.running !== undefined) logFailure(message.running.snapshot.settings, error)
      await link.tell({ type: 'failed', error: recordOf(error) })
      room?.close()
      process.exit(1)
    }
  }
}

function logFailure({ log: { format, level } }: Settings, error: unknown): void {
  const destination = writeToStandardOutput()
  const message = 'the control process cannot start again; traffic goes on without it'
  createLogger({ role: 'control', format, level, destination }).event('instance.failed', message, { error })
}
