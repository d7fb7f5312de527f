/** The modules of this folder as processes of their own, and how they are talked to. */
import { type Child, outputTail, startChild } from '../rig/child.ts'

/** Starts one of the modules as a process with a channel for messages. */
export function startPart(name: 'backend' | 'generator', folder: string): Child {
  const path = new URL(`./${name}.ts`, import.meta.url).pathname
  return startChild({ name, command: process.execPath, args: [path], folder, messages: true })
}

/** Sends a message and waits for the next one that comes back. */
export function ask<Answer>(child: Child, message: object | string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`${child.name} did not answer within ${LIMIT_MS} ms`)), LIMIT_MS)
    child.process.once('message', (answer) => {
      clearTimeout(limit)
      resolve(answer as Answer)
    })
    child.exited.then((how) => {
      clearTimeout(limit)
      reject(new Error(`${child.name} ended (${how}):\n${outputTail(child)}`))
    })
    child.process.send(message)
  })
}

const LIMIT_MS = 60_000
