import { DER, type DerElement } from './der.ts'

/** Reads a time as RFC 5280 §4.1.2.5 allows it (to the second, in UTC), in milliseconds since the epoch. */
export function readTime(element: DerElement | undefined): number {
  const text = element?.value.toString('latin1') ?? ''
  const short = element?.tag === DER.utcTime ? /^(\d\d)(\d{10})Z$/.exec(text) : null
  const year = short && Number(short[1]) >= 50 ? '19' : '20'
  const long = short ? `${year}${short[1]}${short[2]}` : text.slice(0, -1)
  const isTime = short !== null || (element?.tag === DER.generalizedTime && /^\d{14}Z$/.test(text))
  if (!isTime) throw new TypeError('not a time')
  const [y, month, day, hour, minute, second] = [0, 4, 6, 8, 10, 12].map((at, index) =>
    long.slice(at, at + (index === 0 ? 4 : 2)),
  )
  const ms = Date.parse(`${y}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(ms)) throw new TypeError('not a time that exists')
  return ms
}
