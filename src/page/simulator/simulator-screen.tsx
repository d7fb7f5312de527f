/** What would happen to a destination, and why: under the version in force, and beside it under the draft or a version. */
import { useQuery } from '@tanstack/react-query'
import { versionQuery } from '../api/queries.ts'
import { useDraftText } from '../draft/draft.ts'
import { Screen } from '../parts/screen.tsx'
import { useQueryWord } from '../router/location.ts'
import { CopyButton } from '../show/copy-button.tsx'
import { CandidateChoice } from './candidate-choice.tsx'
import { DestinationForm } from './destination-form.tsx'
import { Explained } from './explained.tsx'
import '../styles/looks.css'

export function SimulatorScreen() {
  const [destination, setDestination] = useQueryWord('destination')
  const [against, setAgainst] = useQueryWord('against')
  const candidate = useCandidate(against)
  return (
    <Screen title="Simulator">
      <DestinationForm destination={destination} onDestination={setDestination} />
      <CandidateChoice against={against} onAgainst={setAgainst} />
      {destination === '' ? (
        <p className="quiet">Nothing is dialled until you ask for a probe.</p>
      ) : (
        <>
          <div className="sides">
            <Explained title="In force" destination={destination} text={undefined} />
            {candidate !== undefined && (
              <Explained title={candidate.title} destination={destination} text={candidate.text} />
            )}
          </div>
          <Twin destination={destination} />
        </>
      )}
    </Screen>
  )
}

/** The text to compare with, once it is known. */
function useCandidate(against: string): { readonly title: string; readonly text: string } | undefined {
  const draft = useDraftText()
  const number = /^\d+$/.test(against) ? Number(against) : 0
  const version = useQuery({ ...versionQuery(number), enabled: number > 0 })
  if (against === 'draft') return draft === null ? undefined : { title: 'The draft', text: draft.text }
  if (number === 0 || version.data === undefined) return undefined
  return { title: `Version ${number}`, text: version.data.text }
}

/** The same question to the command line, quoted for a shell. */
function Twin({ destination }: { readonly destination: string }) {
  const quoted = /^[\w.:[\]/-]+$/.test(destination) ? destination : `'${destination.replaceAll("'", "'\\''")}'`
  const command = `vedette explain ${quoted}`
  return (
    <p>
      On the command line: <code>{command}</code> <CopyButton text={command} what="the command" />
    </p>
  )
}
