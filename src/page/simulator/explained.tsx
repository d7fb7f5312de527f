import { useMutation, useQuery } from '@tanstack/react-query'
import type { Explanation, Probe } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { explainLook } from '../api/looks.ts'
import { ProbeResult } from '../backends/probe-result.tsx'
import { Answered } from '../parts/answered.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { useMay } from '../session/session-context.ts'
import { nameRule } from '../show/describe-rule.ts'
import { Facts } from '../show/facts.tsx'
import { isChainAsked, isNameAsked, stepsOf } from './decision-steps.ts'

interface ExplainedProps {
  readonly title: string
  readonly destination: string
  /** A candidate; undefined stands for the version in force. */
  readonly text: string | undefined
}

/** One answer to what would happen, step by step, with a real handshake for who wants one. */
export function Explained({ title, destination, text }: ExplainedProps) {
  const explanation = useQuery(explainLook(destination, text))
  const mayProbe = useMay('operator')
  return (
    <section className="card" aria-label={title}>
      <h2>{title}</h2>
      <Answered query={explanation}>{(known) => <Steps known={known} />}</Answered>
      {mayProbe && <Try key={`${destination} ${text ?? ''}`} destination={destination} text={text} />}
    </section>
  )
}

function Steps({ known }: { readonly known: Explanation }) {
  const { rule, offer, trustStores, serverName, nameToVerify, sentences } = known
  const stores = trustStores.map(({ name, certificates }) => `${name} (${certificates})`).join(', ') || 'none'
  return (
    <>
      <ol className="steps">
        {stepsOf(known).map(({ name, passes, says }) => (
          <li key={name} className={passes ? undefined : 'bad'}>
            <span aria-hidden="true">{passes ? '✓' : '✗'}</span> <strong>{name}</strong>:{' '}
            {passes ? says : `no, ${says}`}
          </li>
        ))}
      </ol>
      <Facts
        facts={[
          ['Rule', nameRule(rule)],
          ['Name sent (SNI)', serverName === '' ? 'none' : serverName],
          ['Name to verify', isNameAsked(known) ? nameToVerify : `${nameToVerify}, ${unasked}`],
          ['Trust stores', isChainAsked(known) ? stores : `${stores}, ${unasked}`],
          ['Protocols', offer.protocols.join(', ')],
          ['Cipher suites', offer.suites.map(({ iana }) => iana).join(', ')],
          ['Groups', offer.groups.join(', ')],
        ]}
      />
      <ul>
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </>
  )
}

function Try({ destination, text }: Pick<ExplainedProps, 'destination' | 'text'>) {
  const probe = useMutation({
    mutationFn: () =>
      ask<Probe>('/probe', { method: 'POST', body: text === undefined ? { destination } : { destination, text } }),
  })
  return (
    <>
      <button type="button" disabled={probe.isPending} onClick={() => probe.mutate()}>
        {probe.isPending ? 'Probing…' : 'Probe it'}
      </button>
      <div role="status">{probe.data && <ProbeResult probe={probe.data} />}</div>
      <ProblemNote error={probe.error} />
    </>
  )
}

/** Behind a fact that is looked at and refuses nothing. */
const unasked = 'without effect: it refuses nothing'
