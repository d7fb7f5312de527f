import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { ApplyRequest, Operation } from '../../admin/contract.ts'
import { ApiProblem } from '../api/ask.ts'
import { describeCount } from '../show/describe-amount.ts'
import { CommentField, ConfirmChoice, ConnectionsChoice, RefusalChoice } from './apply-choices.tsx'
import { judgeRehearsal } from './judge-rehearsal.ts'
import { RehearsalReport } from './rehearsal-report.tsx'
import { ReviewFoot, type Typed } from './review-foot.tsx'
import { useRehearsal } from './use-rehearsal.ts'
import './review.css'

/** How a change is to come into force, whatever brings it. */
export type HowToApply = Omit<ApplyRequest, 'text'>

interface ReviewProps {
  /** The policy text that would be in force. */
  readonly text: string
  /** How many mistakes it has: with any it is neither rehearsed nor applied. */
  readonly errors: number
  readonly words: { readonly yes: string; readonly failed: string }
  readonly send: (how: HowToApply) => Promise<Operation>
  readonly follow: (operation: Operation) => void
  readonly close: () => void
  /** What is about to change. */
  readonly children: ReactNode
}

/** What is about to change, what would break or be let through, and how it is to come into force. */
export function Review({ text, errors, words, send, follow, close, children }: ReviewProps) {
  const client = useQueryClient()
  const [connections, setConnections] = useState<'drain' | 'cut'>('drain')
  const [comment, setComment] = useState('')
  const [chosenMs, setWithinMs] = useState<number | null>(null)
  const [refusals, setRefusals] = useState(0)
  const [typed, setTyped] = useState<Typed>({ breaking: '', letThrough: '' })
  const rehearsal = useRehearsal(text, errors === 0)
  const judgement = judgeRehearsal(rehearsal.result)
  const { breaking, letThrough } = judgement
  // What weakens is a trial unless somebody decides otherwise.
  const withinMs = chosenMs ?? (letThrough > 0 ? TRIAL_MS : 0)
  const apply = useMutation({
    mutationFn: send,
    onSuccess: follow,
    onError: (error) => {
      // Somebody else was first: once their version is known, both changes are shown side by side.
      if (error instanceof ApiProblem && error.problem.status === 412) {
        void client.invalidateQueries({ queryKey: ['policy'] })
      }
    },
  })
  const isTyped = fits(breaking, typed.breaking) && fits(letThrough, typed.letThrough)
  const waitsFor = whatIsMissing({ errors, isRunning: rehearsal.isRunning, isTyped })
  const yes = () => {
    const trial = withinMs === 0 ? {} : { confirmWithinMs: withinMs }
    const watch = withinMs === 0 || refusals === 0 ? {} : { revertOnRefusals: refusals }
    apply.mutate({ comment, connections, ...trial, ...watch })
  }
  return (
    <>
      {children}
      <RehearsalReport rehearsal={rehearsal} errors={errors} />
      <div className="choices">
        <ConnectionsChoice value={connections} choose={setConnections} />
        <div>
          <ConfirmChoice value={withinMs} choose={setWithinMs} />
          {withinMs > 0 && <RefusalChoice value={refusals} choose={setRefusals} />}
          <CommentField value={comment} write={setComment} />
        </div>
      </div>
      <ReviewFoot
        {...{ judgement, typed, setTyped, words, waitsFor, yes, close }}
        error={apply.error}
        isSending={apply.isPending}
        skip={rehearsal.isRunning ? rehearsal.skip : undefined}
      />
    </>
  )
}

interface Conditions {
  readonly errors: number
  readonly isRunning: boolean
  readonly isTyped: boolean
}

/** Says what has to be done before it can be applied; nothing when it can be. */
function whatIsMissing({ errors, isRunning, isTyped }: Conditions): string {
  if (errors > 0) return `Mend ${describeCount(errors, 'error')} first.`
  if (isRunning) return 'Waits for the rehearsal.'
  return isTyped ? '' : 'Waits for the number to be typed.'
}

function fits(count: number, typed: string): boolean {
  return count === 0 || typed === `${count}`
}

/** A trial of five minutes, as the choice has it. */
const TRIAL_MS = 300_000
