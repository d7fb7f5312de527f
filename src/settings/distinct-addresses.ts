import { badDocument } from '../policy/problem.ts'
import { problemIn } from './layer.ts'
import { formatListenAddress } from './listen-address.ts'
import type { Settings } from './settings.ts'

/** Refuses one address given twice: the second bind would fail, with a message that blames another program. */
export function assertDistinctAddresses({ proxy, admin, health }: Settings): void {
  const all = [
    ...proxy.listen.map((address) => ['proxy.listen', address] as const),
    ['admin.listen', admin.listen] as const,
    ['health.listen', health.listen] as const,
  ]
  const seen = new Map<string, string>()
  for (const [name, address] of all) {
    const text = formatListenAddress(address)
    const other = address.port === 0 ? undefined : seen.get(text)
    if (other !== undefined)
      throw badDocument([problemIn('settings', name, `${text} is an address of ${other} already`)])
    seen.set(text, name)
  }
}
