import { badDocument } from '../policy/document/problem.ts'
import { problemIn } from './layer.ts'
import { formatListenAddress } from './listen-address.ts'
import { listeningOf } from './listening.ts'
import type { Settings } from './settings.ts'

/** Refuses one address given twice: the second bind would fail, with a message that blames another program. */
export function assertDistinctAddresses(settings: Settings): void {
  const ports = listeningOf(settings).map(({ setting, address }) => ({
    setting,
    text: address.port === 0 ? undefined : formatListenAddress(address),
  }))
  const files = settings.services.map(({ accept }, index) => ({
    setting: `services[${index}].accept`,
    text: accept.kind === 'unix' ? `unix:${accept.path}` : undefined,
  }))
  const seen = new Map<string, string>()
  for (const { setting, text } of [...ports, ...files]) {
    if (text === undefined) continue
    const other = seen.get(text)
    if (other !== undefined) {
      throw badDocument([problemIn('settings', setting, `${text} is an address of ${other} already`)])
    }
    seen.set(text, setting)
  }
}
