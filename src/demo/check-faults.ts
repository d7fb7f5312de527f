/** Compares what the product said of each backend with what it must say. */
import { type Expectation, type Fault, faults, hostOf } from './faults.ts'
import type { AccessLine } from './transcript.ts'
import { type Reply, type Visitor, visit, type Way } from './visit.ts'

/** One visit and what came of it. */
export interface Check {
  readonly name: string
  readonly destination: string
  readonly way: Way
  readonly expected: Expectation
  readonly ok: boolean
  readonly found: Found
}

export interface Found {
  readonly status: number
  readonly decision: AccessLine['decision'] | undefined
  readonly error: string
  readonly findings: readonly string[]
  readonly protocol: string
  readonly text: string
}

/** What the visits need of the product. */
export interface Visited extends Visitor {
  readonly ports: Readonly<Record<string, number>>
  /** Gives the access line of the next request or tunnel to a destination; asked for before the visit. */
  nextLine(destination: string): Promise<AccessLine>
}

/** Called with each visit in the order of the faults, with its line of the log. */
export type Visiting = (check: Check, line: AccessLine) => void

/** Visits every backend in every way that suits it: the backends at once, the ways to each one after the other. */
export async function checkAll(visited: Visited, visiting: Visiting): Promise<Check[]> {
  const visits = await Promise.all(faults.map((fault) => checkFault(fault, visited)))
  return visits.flat().map(({ check, line }) => {
    visiting(check, line)
    return check
  })
}

async function checkFault(fault: Fault, visited: Visited): Promise<{ check: Check; line: AccessLine }[]> {
  const destination = `${hostOf(fault.name)}:${visited.ports[fault.listener] ?? NEVER_DIALLED}`
  const made: { check: Check; line: AccessLine }[] = []
  for (const way of waysTo(fault)) {
    const logged = visited.nextLine(destination)
    const reply = await visit(visited, destination, way)
    const line = await logged
    const found = foundIn(reply, line)
    const { name, expect: expected } = fault
    made.push({ check: { name, destination, way, expected, ok: meets(found, expected), found }, line })
  }
  return made
}

function waysTo(fault: Fault): Way[] {
  return fault.name === 'websocket' ? ['originate', 'connect', 'upgrade'] : ['originate', 'connect']
}

/** A port for what a rule denies anyway. */
const NEVER_DIALLED = 443

function foundIn(reply: Reply, line: AccessLine): Found {
  return {
    status: reply.status,
    decision: line.decision,
    error: reply.error,
    findings: reply.error === '' ? (line.findings ?? []) : reply.findings.map(({ name }) => name),
    protocol: line.tls?.protocol ?? '',
    text: reply.text,
  }
}

/** Tells whether what was said is what must be said. */
export function meets(found: Found, expected: Expectation): boolean {
  switch (expected.outcome) {
    case 'trusted':
      return passed(found) && found.decision === 'allow' && protocolFits(found, expected.protocol)
    case 'allowed':
      return passed(found) && found.decision === 'allow-untrusted' && found.findings.includes(expected.finding)
    case 'refused':
      return found.error === 'POLICY_VERDICT_REFUSED' && found.findings.includes(expected.finding)
    case 'failed':
      return found.error === expected.error
  }
}

function passed({ status, error }: Found): boolean {
  return (status === 200 || status === 101) && error === ''
}

function protocolFits(found: Found, protocol: string | undefined): boolean {
  return protocol === undefined || found.protocol === protocol
}
