import type { Problem } from '../../admin/contract.ts'
import { ApiProblem } from '../api/ask.ts'
import { Reason } from './reason.tsx'

/** Shows what went wrong in the API's own words: what, where, what to do, and the number the log knows it by. */
export function ProblemNote({ error, title }: { readonly error: unknown; readonly title?: string }) {
  if (error === null || error === undefined) return null
  const problem = problemOf(error)
  return (
    <div className="note note-error" role="alert">
      <strong>{title ?? 'That did not work'}</strong>
      <p>{problem.detail}</p>
      <ul>
        {problem.errors.map(({ path, message, line }) => (
          <li key={`${path} ${line} ${message}`}>
            {line > 0 && `Line ${line}: `}
            <code>{path}</code> {message}
          </li>
        ))}
      </ul>
      {problem.title !== problem.detail && <p className="quiet">{problem.title}</p>}
      {problem.code !== '' && (
        <p className="quiet small">
          <Reason name={problem.code} />, request {problem.instance}
        </p>
      )}
    </div>
  )
}

/** Gives the problem document of anything that was thrown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiProblem) return error.problem
  const detail = error instanceof Error ? error.message : String(error)
  return {
    type: 'about:blank',
    title: detail,
    status: 0,
    detail,
    instance: '',
    code: '',
    see: '',
    errors: [],
    details: {},
  }
}
