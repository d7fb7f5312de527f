import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { VersionPage } from '../../admin/contract.ts'
import { queries } from '../api/queries.ts'
import { Answered } from '../parts/answered.tsx'
import { Time } from '../parts/time.tsx'
import { useQueryWord } from '../router/location.ts'
import { useMay } from '../session/session-context.ts'
import { Comparison } from './comparison.tsx'
import { RollBack } from './roll-back.tsx'
import { sources } from './sources.ts'

/** The versions, newest first; any two can be compared, and any earlier one brought back. */
export function Timeline() {
  const versions = useInfiniteQuery(queries.versions)
  const [from, setFrom] = useQueryWord('from')
  const [to, setTo] = useQueryWord('to')
  return (
    <Answered query={versions}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items)
        const active = pages[0]?.active ?? null
        const chosen = { from: Number(from) || items[1]?.number, to: Number(to) || items[0]?.number }
        return (
          <>
            <div className="scroll">
              <table className="versions">
                <caption className="only-heard">Versions, newest first</caption>
                <thead>
                  <tr>
                    <th scope="col">Compare</th>
                    <th scope="col">Version</th>
                    <th scope="col">When</th>
                    <th scope="col">Who and how</th>
                    <th scope="col">Comment</th>
                    <th scope="col">Back to it</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((version) => (
                    <Row
                      key={version.number}
                      version={version}
                      isActive={version.number === active}
                      {...{ chosen, setFrom, setTo }}
                    />
                  ))}
                </tbody>
              </table>
            </div>
            {versions.hasNextPage && (
              <button type="button" onClick={() => void versions.fetchNextPage()}>
                Show earlier versions
              </button>
            )}
            {chosen.from !== undefined && chosen.to !== undefined && <Comparison from={chosen.from} to={chosen.to} />}
          </>
        )
      }}
    </Answered>
  )
}

interface RowProps {
  readonly version: VersionPage['items'][number]
  readonly isActive: boolean
  readonly chosen: { readonly from: number | undefined; readonly to: number | undefined }
  readonly setFrom: (number: string) => void
  readonly setTo: (number: string) => void
}

function Row({ version, isActive, chosen, setFrom, setTo }: RowProps) {
  const { number, timeMs, author, source, comment, undoneBy } = version
  const [isGoingBack, setGoingBack] = useState(false)
  const mayGoBack = useMay('operator')
  return (
    <tr aria-current={isActive ? 'true' : undefined}>
      <td>
        <span className="row">
          <input
            type="radio"
            name="from"
            aria-label={`Compare from version ${number}`}
            checked={chosen.from === number}
            onChange={() => setFrom(`${number}`)}
          />
          <input
            type="radio"
            name="to"
            aria-label={`Compare to version ${number}`}
            checked={chosen.to === number}
            onChange={() => setTo(`${number}`)}
          />
        </span>
      </td>
      <th scope="row">
        {number} {isActive && <span className="badge good">in force</span>}
        {undoneBy !== null && <span className="badge doubtful">undone by version {undoneBy}</span>}
      </th>
      <td>
        <Time ms={timeMs} />
      </td>
      <td>
        {author} <span className="quiet">{sources[source]}</span>
      </td>
      <td>{comment}</td>
      <td>
        {!isActive && mayGoBack && (
          <button type="button" onClick={() => setGoingBack(true)}>
            Roll back to version {number}
          </button>
        )}
        {isGoingBack && <RollBack version={version} close={() => setGoingBack(false)} />}
      </td>
    </tr>
  )
}
