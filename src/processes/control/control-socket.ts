/**
 * The server side of `control.sock`. Every connection may ask several things, one after the other or at once; a line
 * that is no request gets an error and ends the connection, because whatever follows cannot be trusted to be lines.
 */
import type net from 'node:net'
import { acceptOn, socketOf, type TcpHandle } from '../../wire/raw-handle.ts'
import { recordOf } from '../error-record.ts'
import { type ControlReply, type ControlRequest, type Progress, parseRequest } from './control-protocol.ts'
import { JsonLines, writeLine } from './json-lines.ts'

export interface ControlSocketOptions {
  /** Does what is asked; what it throws is told to the asker. */
  readonly carryOut: (request: ControlRequest, progress: (progress: Progress) => void) => Promise<unknown>
  /** Told of every request that failed. */
  readonly refused: (act: string, error: unknown) => void
}

/** Serves requests on the bound socket; answers a function that stops it and ends all connections. */
export function serveControlSocket(handle: TcpHandle, options: ControlSocketOptions): () => void {
  const open = new Set<net.Socket>()
  acceptOn(handle, (accepted) => {
    const socket = socketOf(accepted)
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    converse(socket, options)
  })
  return () => {
    handle.close()
    for (const socket of open) socket.destroySoon()
  }
}

function converse(socket: net.Socket, options: ControlSocketOptions): void {
  const lines = new JsonLines()
  let busy = 0
  let ended = false
  const closeWhenDone = () => {
    if (ended && busy === 0) socket.destroySoon()
  }
  // The asker may leave while its change is under way: the change goes on, its answer goes nowhere.
  socket.on('error', () => {})
  socket.on('end', () => {
    ended = true
    closeWhenDone()
  })
  socket.on('data', (chunk) => {
    try {
      for (const line of lines.push(chunk as Buffer)) {
        const request = parseRequest(line)
        busy += 1
        void answer(socket, request, options).finally(() => {
          busy -= 1
          closeWhenDone()
        })
      }
    } catch (error) {
      options.refused('unknown', error)
      reply(socket, { id: 0, ok: false, error: recordOf(error) })
      socket.destroySoon()
    }
  })
}

async function answer(socket: net.Socket, request: ControlRequest, options: ControlSocketOptions): Promise<void> {
  const { id } = request
  try {
    const result = await options.carryOut(request, (progress) => reply(socket, { id, progress }))
    reply(socket, { id, ok: true, result })
  } catch (error) {
    options.refused(request.act, error)
    reply(socket, { id, ok: false, error: recordOf(error) })
  }
}

function reply(socket: net.Socket, line: ControlReply): void {
  writeLine(socket, line)
}
