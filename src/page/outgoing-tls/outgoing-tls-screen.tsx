/** Outgoing TLS: the settings of the classic page in its order and words, over one draft that the YAML tab shows too. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { queries } from '../api/queries.ts'
import { edit } from '../draft/draft.ts'
import { EditContext } from '../draft/edit-policy.ts'
import { specOf } from '../draft/policy-spec.ts'
import { type DraftView, useDraft } from '../draft/use-draft.ts'
import { Answered } from '../parts/answered.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Screen } from '../parts/screen.tsx'
import { useQueryWord } from '../router/location.ts'
import { EffectiveHello } from './effective-hello.tsx'
import { ExceptionsSection } from './exceptions-section.tsx'
import { NoEffectBanner } from './no-effect-banner.tsx'
import { Places } from './places.tsx'
import { PolicyTestsSection } from './policy-tests-section.tsx'
import { ReadOnlyBanner } from './read-only-banner.tsx'
import { RulesSection } from './rules-section.tsx'
import { SniSection } from './sni-section.tsx'
import { StrictTlsSection } from './strict-tls-section.tsx'
import { TlsSection } from './tls-section.tsx'
import { YamlTab } from './yaml-tab.tsx'
import './outgoing-tls.css'

export function OutgoingTlsScreen() {
  const [view, setView] = useQueryWord('view')
  const draft = useDraft()
  const isText = view === 'yaml'
  return (
    <Screen
      title="Outgoing TLS"
      actions={
        <fieldset className="row">
          <legend className="only-heard">How to edit</legend>
          <button type="button" aria-pressed={!isText} onClick={() => setView('')}>
            Form
          </button>
          <button type="button" aria-pressed={isText} onClick={() => setView('yaml')}>
            YAML
          </button>
        </fieldset>
      }
    >
      <ReadOnlyBanner />
      <Answered query={draft}>
        {(data) => (isText ? <YamlTab view={data} /> : <Form view={data} editText={() => setView('yaml')} />)}
      </Answered>
    </Screen>
  )
}

interface FormProps {
  readonly view: DraftView
  readonly editText: () => void
}

function Form({ view: { policy, check }, editText }: FormProps) {
  const [error, setError] = useState<unknown>(null)
  const catalogue = useQuery(queries.catalogue)
  const spec = specOf(check)
  if (spec === undefined) {
    return (
      <>
        <p>The draft is no YAML as it stands; the YAML tab shows where.</p>
        <Places places={check.problems} />
      </>
    )
  }
  const send: Parameters<typeof EditContext>[0]['value'] = (edits) => edit(policy, edits).then(clear, setError)
  const clear = () => setError(null)
  return (
    <EditContext value={send}>
      <ProblemNote error={error} title="The draft was not changed" />
      <Places places={check.problems} />
      <NoEffectBanner spec={spec} />
      <StrictTlsSection strictTls={spec.strictTls} />
      <SniSection sni={spec.sni} />
      <Answered query={catalogue}>{(value) => <TlsSection tls={spec.tls} catalogue={value} />}</Answered>
      {check.offer !== null && <EffectiveHello offer={check.offer} />}
      <RulesSection rules={spec.rules} editText={editText} />
      <ExceptionsSection exceptions={spec.exceptions} />
      <PolicyTestsSection tests={spec.tests} />
    </EditContext>
  )
}
