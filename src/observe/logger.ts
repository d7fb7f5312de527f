/**
 * The log of what happens to the instance itself; requests have their own hot path in access-line.ts. Only home of
 * pino. Both write through the same LineWriter, so their lines keep their order and never mix.
 */

import pino from 'pino'
import { ecsVersion } from './ecs-line.ts'
import { type EventName, events } from './event-names.ts'
import { asciiJson } from './json-string.ts'
import type { Level } from './level.ts'
import type { LineWriter } from './line-writer.ts'
import { prettyEventLine } from './pretty-line.ts'
import { redactFields, redactText } from './redact.ts'

export interface LoggerOptions {
  readonly role: 'supervisor' | 'control' | 'worker' | 'command'
  readonly format: 'json' | 'ecs' | 'pretty'
  readonly level: Level
  readonly destination: Pick<LineWriter, 'write' | 'flush'>
  /** Only for the pretty format: whether to colour. The caller asks NO_COLOR and the terminal. */
  readonly color?: boolean
}

export interface Logger {
  /** Writes one event with its facts; an Error among them is described with its code and causes. */
  event(name: EventName, message: string, fields?: Readonly<Record<string, unknown>>): void
}

/** Makes the logger of one process. */
export function createLogger(options: LoggerOptions): Logger {
  const shape = options.format === 'ecs' ? ecsShape(options) : flatShape(options)
  const log = pino({ ...shape.pino, level: options.level, messageKey: 'message' }, lineSink(options))
  return {
    event(name, message, fields = {}) {
      log[events[name].level](shape.fields(name, redactFields(fields)), redactText(message))
    },
  }
}

interface Shape {
  readonly pino: pino.LoggerOptions
  readonly fields: (name: EventName, fields: Record<string, unknown>) => Record<string, unknown>
}

function flatShape({ role }: LoggerOptions): Shape {
  return {
    pino: {
      base: { role, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    fields: (name, fields) => ({ event: name, ...withoutReserved(fields) }),
  }
}

function ecsShape({ role }: LoggerOptions): Shape {
  return {
    pino: {
      base: { 'ecs.version': ecsVersion, service: { name: 'vedette' }, process: { pid: process.pid } },
      timestamp: () => `,"@timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ 'log.level': label }) },
    },
    fields: (name, { error, ...fields }) => ({
      event: { action: name },
      ...(error === undefined ? {} : { error }),
      vedette: { role, ...fields },
    }),
  }
}

/** A field named like one of the line's own would stand there twice, and readers differ in which one they take. */
function withoutReserved(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [reservedNames.has(name) ? `${name}_` : name, value]),
  )
}

function lineSink({ format, destination, color = false }: LoggerOptions): pino.DestinationStream {
  const print = format === 'pretty' ? (line: string) => prettyFromJson(line, color) : asciiJson
  return {
    write(line) {
      destination.write(print(line))
      // Events are rare and somebody may be waiting for this one: they do not wait for the timer.
      destination.flush()
    },
  }
}

function prettyFromJson(line: string, color: boolean): string {
  const { level, time, message, role, pid, event, ...fields } = JSON.parse(line) as Record<string, unknown>
  const timeMs = Date.parse(String(time))
  return prettyEventLine({ timeMs, level: level as Level, message: String(message), fields }, color)
}

const reservedNames: ReadonlySet<string> = new Set(['level', 'time', 'role', 'pid', 'event', 'message'])
