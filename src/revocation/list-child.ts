/** The process in which a list is read: whatever its bytes do, they do it here. See read-list-in-child.ts. */
import { readList } from './read-list.ts'

/** What the child is given. */
export interface ListToRead {
  readonly der: Uint8Array
  readonly issuers: readonly Uint8Array[]
}

process.once('message', ({ der, issuers }: ListToRead) => {
  process.send?.(
    readList(
      Buffer.from(der),
      issuers.map((each) => Buffer.from(each)),
    ),
  )
})
process.send?.({ ready: true })
