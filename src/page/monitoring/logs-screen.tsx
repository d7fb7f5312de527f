/** Events of the instance as they happen: what started, changed, was refused or failed. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { EventPage, InstanceEvent } from '../../admin/contract.ts'
import { looks } from '../api/looks.ts'
import { useStream } from '../api/stream.ts'
import { Answered } from '../parts/answered.tsx'
import { Empty } from '../parts/empty.tsx'
import { Reason } from '../parts/reason.tsx'
import { Screen } from '../parts/screen.tsx'
import { moment } from '../parts/time.tsx'
import { useQueryWord } from '../router/location.ts'
import { type Column, DataTable } from '../show/data-table.tsx'
import { downloadText } from '../show/download-text.ts'
import '../styles/looks.css'

export function LogsScreen() {
  const client = useQueryClient()
  const events = useQuery(looks.events)
  const [level, setLevel] = useQueryWord('level')
  const [words, setWords] = useQueryWord('filter')
  useStream('event', (event) =>
    client.setQueryData<EventPage>(['events'], (page) => (page === undefined ? page : withEvent(page, event))),
  )
  return (
    <Screen title="Logs">
      <Answered query={events}>
        {({ items }) => {
          const shown = items.filter((event) => fits(event, { level, words }))
          return (
            <>
              <search className="row looks-filter">
                <label className="field">
                  Least level
                  <select value={level} onChange={({ target }) => setLevel(target.value)}>
                    <option value="">All</option>
                    <option value="info">Info</option>
                    <option value="warn">Warnings</option>
                    <option value="error">Errors</option>
                  </select>
                </label>
                <label className="field">
                  Words
                  <input type="search" value={words} onChange={({ target }) => setWords(target.value)} />
                </label>
                <button type="button" onClick={() => downloadText(shown.map(lineOf).join(''), 'vedette-events.ndjson')}>
                  Download
                </button>
              </search>
              {shown.length === 0 ? (
                <Empty title="No event fits.">
                  <p>Choose another level or other words.</p>
                </Empty>
              ) : (
                <DataTable caption="Events" rows={shown} keyOf={({ number }) => `${number}`} columns={columns} />
              )}
            </>
          )
        }}
      </Answered>
    </Screen>
  )
}

const columns: readonly Column<InstanceEvent>[] = [
  { title: 'Time', cell: ({ timeMs }) => moment(timeMs) },
  { title: 'Level', cell: ({ level }) => <span className={`badge ${tones[level]}`}>{level}</span> },
  { title: 'Event', isHead: true, cell: ({ name }) => name },
  {
    title: 'Message',
    cell: ({ message, fields }) => {
      const code = codeIn(fields)
      return code === '' ? (
        message
      ) : (
        <>
          {message} <Reason name={code} />
        </>
      )
    },
  },
  { title: 'Fields', cell: ({ fields }) => <code>{JSON.stringify(fields)}</code> },
]

const tones = { debug: '', info: '', warn: 'doubtful', error: 'bad' } as const
const levels: readonly string[] = ['debug', 'info', 'warn', 'error']

function fits(event: InstanceEvent, { level, words }: { readonly level: string; readonly words: string }): boolean {
  if (levels.indexOf(event.level) < levels.indexOf(level)) return false
  return lineOf(event).toLowerCase().includes(words.toLowerCase())
}

function withEvent(page: EventPage, event: InstanceEvent): EventPage {
  const before = page.items.filter(({ number }) => number !== event.number)
  return { ...page, items: [event, ...before].slice(0, SHOWN_MAX) }
}

function lineOf(event: InstanceEvent): string {
  return `${JSON.stringify(event)}\n`
}

/** The code of the error that an event tells of; empty where it tells of none of ours. */
function codeIn({ error }: InstanceEvent['fields']): string {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  return typeof code === 'string' && /^(?:CALLER|POLICY|BACKEND|OPERATOR|INTERNAL)_/.test(code) ? code : ''
}

const SHOWN_MAX = 500
