/**
 * Finds the policy version each request ran under. The access log knows no request ids of callers, but it knows the
 * caller's port, and requests on one connection are answered one after the other: the n-th request sent from a port
 * is the n-th line of that port, once lines are in the order of the generations that wrote them.
 */
import fs from 'node:fs'
import readline from 'node:readline'
import type { RequestEntry } from '../load/request-log.ts'

/** What a line of the access log says about one request. */
export interface AccessEntry {
  readonly callerPort: number
  readonly method: string
  readonly version: number
  readonly generation: number
}

/** A request with the version it ran under; 0 when the log does not tell. */
export interface VersionedRequest extends RequestEntry {
  readonly version: number
}

/** Reads the request lines of a log file; lines of tunnels and of the program itself are passed over. */
export async function readAccessLog(path: string): Promise<AccessEntry[]> {
  const entries: AccessEntry[] = []
  for await (const line of readline.createInterface({ input: fs.createReadStream(path) })) {
    if (!line.startsWith('{') || !line.includes('"event":"request"')) continue
    const { callerPort, method, version, generation } = JSON.parse(line) as AccessEntry
    entries.push({ callerPort, method, version, generation })
  }
  return entries
}

/**
 * Gives each request its version. A port whose lines and requests differ in number or method is not guessed at: all
 * its requests get version 0, and so count as unaccounted for.
 */
export function joinVersions(requests: readonly RequestEntry[], log: readonly AccessEntry[]): VersionedRequest[] {
  const linesByPort = Map.groupBy(log, ({ callerPort }) => callerPort)
  const joined: VersionedRequest[] = []
  for (const [port, sent] of Map.groupBy(requests, (request) => request.port)) {
    const inOrder = sent.toSorted((one, other) => one.sentMs - other.sentMs)
    // The sort is stable: within a generation the order of the file stands.
    const lines = (linesByPort.get(port) ?? []).toSorted((one, other) => one.generation - other.generation)
    const matches = lines.length === sent.length && lines.every((line, n) => line.method === inOrder[n]?.method)
    for (const [n, request] of inOrder.entries()) {
      joined.push({ ...request, version: matches ? (lines[n]?.version ?? 0) : 0 })
    }
  }
  return joined.sort((one, other) => one.sentMs - other.sentMs)
}
