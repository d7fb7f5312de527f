import { reasonAddress } from '../documents/address-of.ts'

/** A finding or an error code, leading to its entry in the documents; in a tab of its own, so that nothing is lost here. */
export function Reason({ name }: { readonly name: string }) {
  return (
    <a
      className="reason"
      href={reasonAddress(name)}
      target="_blank"
      rel="noreferrer"
      title="What this means, in a new tab"
    >
      {name}
    </a>
  )
}

/** Several of them, with commas between; a dash for none. */
export function Reasons({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) return '–'
  return names.map((name, index) => (
    <span key={name}>
      {index > 0 && ', '}
      <Reason name={name} />
    </span>
  ))
}
