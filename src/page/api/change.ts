/** Changes that are operations: made, followed until they are over, and thrown as their problem where they failed. */
import type { Edited, EditRequest, Operation, Policy } from '../../admin/contract.ts'
import { ApiProblem, ask, type Question } from './ask.ts'

/** Asks for a change and gives its operation once it is done. */
export async function change(path: string, question: Question): Promise<Operation> {
  let operation = await ask<Operation>(path, question)
  while (operation.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
    operation = await ask<Operation>(`/operations/${operation.id}`)
  }
  if (operation.problem !== null) throw new ApiProblem(operation.problem)
  return operation
}

/** Changes values of the policy in force and brings it into force, as a version of its own with this comment. */
export async function changePolicy(
  edits: (policy: Policy) => EditRequest['edits'],
  comment: string,
): Promise<Operation | undefined> {
  const policy = await ask<Policy>('/policy')
  const wanted = edits(policy)
  if (wanted.length === 0) return undefined
  const { text } = await ask<Edited>('/policy/edit', { method: 'POST', body: { text: policy.text, edits: wanted } })
  return change('/policy', { method: 'PUT', body: { text, comment }, ifMatch: policy.etag })
}

const LOOK_AGAIN_MS = 250
