/** The asking side of `control.sock`: what the commands `apply`, `confirm`, `rollback`, `status` … are made of. */
import net from 'node:net'
import { SidecarError } from '../../errors.ts'
import { errorOf } from '../error-record.ts'
import { controlSocketPath } from '../supervisor/state-lock.ts'
import type { Act, Acts, ControlReply, Progress } from './control-protocol.ts'
import { JsonLines, writeLine } from './json-lines.ts'

export interface AskOptions {
  /** The state folder of the instance. */
  readonly state: string
  /** Called for each stage that a change has passed. */
  readonly progress?: (progress: Progress) => void
}

/** Asks a running instance for one thing and gives its result; throws what it answers, or OPERATOR_NOT_RUNNING. */
export async function askControl<A extends Act>(
  act: A,
  request: Acts[A]['request'],
  { state, progress = () => {} }: AskOptions,
): Promise<Acts[A]['result']> {
  const socket = net.connect(controlSocketPath(state))
  try {
    writeLine(socket, { id: 1, act, ...request })
    for await (const reply of repliesOn(socket, state)) {
      if ('progress' in reply) progress(reply.progress)
      else if (reply.ok) return reply.result as Acts[A]['result']
      else throw errorOf(reply.error)
    }
  } finally {
    socket.destroy()
  }
  // Whether the change came into force is not known here; the history knows.
  const message = 'the instance ended the connection before it answered; vedette versions shows what is in force'
  throw new SidecarError('INTERNAL_ERROR', message, { details: { state } })
}

async function* repliesOn(socket: net.Socket, state: string): AsyncGenerator<ControlReply> {
  // Results may be long diffs and lists, so a reply has no limit: it comes from our own process.
  const lines = new JsonLines(Number.POSITIVE_INFINITY)
  try {
    for await (const chunk of socket)
      yield* lines.push(chunk as Buffer) as Generator<unknown> as Generator<ControlReply>
  } catch (thrown) {
    throw translate(thrown as NodeJS.ErrnoException, state)
  }
}

function translate(error: NodeJS.ErrnoException, state: string): Error {
  const details = { state }
  if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ENOTDIR') {
    return new SidecarError('OPERATOR_NOT_RUNNING', `no instance runs on the state folder ${state}`, {
      details,
      cause: error,
    })
  }
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    const message = `the control socket in ${state} may not be used: it belongs to the user the instance runs as`
    return new SidecarError('OPERATOR_FILE_UNREADABLE', message, { details, cause: error })
  }
  return error
}
