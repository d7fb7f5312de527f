/** What is to be said of the addresses of an instance: once of each that it is open, or that callers wait there in vain. */
import type { EventName } from '../../observe/event-names.ts'
import { describeBound } from '../describe-bound.ts'
import type { Listeners } from './listeners.ts'

type Log = (name: EventName, message: string, fields: Readonly<Record<string, unknown>>) => void

export class AddressNews {
  readonly #log: Log
  #open: ReadonlySet<string> = new Set()
  #unserved: readonly string[] = []

  constructor(log: Log) {
    this.#log = log
  }

  /** Says what is new since the last time. */
  tell({ addresses, unserved }: Pick<Listeners, 'addresses' | 'unserved'>): void {
    for (const bound of addresses) {
      const name = describeBound(bound)
      if (!this.#open.has(name)) this.#log('entrance.listening', name, { ...bound })
    }
    for (const address of unserved.filter((one) => !this.#unserved.includes(one))) {
      const message = `systemd listens on ${address} for us, but no entrance has this address: callers wait there in vain`
      this.#log('entrance.unserved', message, { address })
    }
    this.#open = new Set(addresses.map(describeBound))
    this.#unserved = unserved
  }
}
