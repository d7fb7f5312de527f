import { useMutation } from '@tanstack/react-query'
import type { BackendTrial } from '../../admin/contract.ts'
import { edit } from '../draft/draft.ts'
import { useDraft } from '../draft/use-draft.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { toast } from '../parts/toasts.tsx'
import { CopyButton } from '../show/copy-button.tsx'
import { editsForRule } from './rule-edits.ts'

type Tightest = NonNullable<BackendTrial['tightest']>

/** The tightest rule for a backend, to be copied, and put into the draft with one click where that changes nothing else. */
export function PutInDraft({
  backend,
  rule,
  tightest,
}: Pick<BackendTrial, 'backend' | 'rule'> & { readonly tightest: Tightest }) {
  const { data } = useDraft()
  const document = data?.check.document ?? null
  const edits = document === null ? undefined : editsForRule(document, { rule, backend, tightest })
  const putting = useMutation({
    mutationFn: async () => {
      if (data !== undefined && edits !== undefined) await edit(data.policy, edits)
    },
    onSuccess: () => toast(`The rule for ${backend} is in the draft: review and apply it.`),
  })
  // JSON is YAML.
  const text = `- ${JSON.stringify(tightest)}`
  return (
    <section aria-label="Tightest rule">
      <h4>The tightest rule for it</h4>
      <pre className="scroll">
        <code>{text}</code>
      </pre>
      {document !== null && edits === undefined && (
        <p className="quiet">
          Rule {rule} holds for other backends too. Put this one before it by hand, with whatever else {rule} says, such
          as trust stores and pins.
        </p>
      )}
      <p className="row">
        {edits !== undefined && (
          <button type="button" disabled={putting.isPending} onClick={() => putting.mutate()}>
            Put it in the draft
          </button>
        )}
        <CopyButton text={text} what="the rule" />
      </p>
      <ProblemNote error={putting.error} />
    </section>
  )
}
