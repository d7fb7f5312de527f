import { Fragment } from 'react'

/** Writes a long name of parts joined by underscores, which may be broken behind each of them and nowhere else. */
export function Breakable({ name }: { readonly name: string }) {
  const [first = '', ...others] = name.split('_')
  return (
    <>
      {first}
      {others.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a name have no other key, and never move
        <Fragment key={index}>
          _<wbr />
          {part}
        </Fragment>
      ))}
    </>
  )
}
