/**
 * The newest of what passed: connections, failures counted together, events, and points for the overview. Everything is
 * bounded, and what did not fit is counted; the log has all of it.
 */
import type { AccessRecord } from '../../observe/access-record.ts'
import type { EventName } from '../../observe/event-names.ts'
import { events as eventTraits } from '../../observe/event-names.ts'
import { redactFields, redactText } from '../../observe/redact.ts'
import type { Connection, InstanceEvent } from '../contract.ts'
import type { Frozen } from '../instance.ts'
import { describeConnection } from './describe-connection.ts'
import { FailureGroups } from './failure-groups.ts'
import type { Reading } from './summarise.ts'

/** What came since the feed was last asked. */
export interface News {
  readonly connections: readonly Frozen<Connection>[]
  readonly skipped: number
  readonly failures: ReturnType<FailureGroups['changed']>
}

export class Feed {
  readonly failures = new FailureGroups()
  readonly #connections: Frozen<Connection>[] = []
  readonly #events: Frozen<InstanceEvent>[] = []
  readonly #readings: Reading[] = []
  #skipped = 0
  #eventCount = 0
  #fresh: Frozen<Connection>[] = []
  #freshSkipped = 0

  /** Takes what workers kept of the last second, and how many they did not keep. */
  heard(records: readonly AccessRecord[], skipped: number): void {
    for (const record of records) {
      const connection = describeConnection(record)
      keep(this.#connections, connection, CONNECTIONS_MAX)
      keep(this.#fresh, connection, FRESH_MAX)
      this.failures.count(connection)
    }
    this.#skipped += skipped
    this.#freshSkipped += skipped
  }

  /** Takes an event of the instance. */
  event(name: EventName, message: string, fields: Readonly<Record<string, unknown>>): Frozen<InstanceEvent> {
    this.#eventCount += 1
    const { level } = eventTraits[name]
    // What a log line would not say, nobody is told who watches.
    const said = { message: redactText(message), fields: redactFields(fields) }
    const event = { number: this.#eventCount, timeMs: Date.now(), name, level, ...said }
    keep(this.#events, event, EVENTS_MAX)
    return event
  }

  /** Takes a reading of the counters for the overview. */
  read(reading: Reading): void {
    keep(this.#readings, reading, READINGS_MAX)
  }

  /** Those of the last hour, the oldest first. */
  get points(): readonly Reading[] {
    return this.#readings.slice(-READINGS_MAX)
  }

  /** The newest first. */
  get connections(): readonly Frozen<Connection>[] {
    return this.#connections.toReversed()
  }

  get skipped(): number {
    return this.#skipped
  }

  /** The newest first. */
  get events(): readonly Frozen<InstanceEvent>[] {
    return this.#events.toReversed()
  }

  /** Gives what is new and forgets that it was. */
  takeNews(): News {
    const news = { connections: this.#fresh, skipped: this.#freshSkipped, failures: this.failures.changed() }
    this.#fresh = []
    this.#freshSkipped = 0
    return news
  }
}

function keep<T>(list: T[], entry: T, most: number): void {
  list.push(entry)
  // Cut in steps: taking one off the front each time would move the whole list at every connection.
  if (list.length > most * 1.25) list.splice(0, list.length - most)
}

const CONNECTIONS_MAX = 2000
const FRESH_MAX = 200
const EVENTS_MAX = 1000
/** An hour of readings, ten seconds apart. */
const READINGS_MAX = 361
