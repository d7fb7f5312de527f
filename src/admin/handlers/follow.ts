import type { Call, Means } from '../call.ts'
import type { Operation, Progress } from '../contract.ts'
import type { Frozen, Instance, Wish } from '../instance.ts'
import type { Begun, Ending } from '../operations.ts'
import { placeOf } from '../places.ts'
import { apiBase, type RouteName } from '../route-table.ts'

type Work = (tell: (progress: Progress) => void) => Promise<Ending>

/**
 * Starts an operation and answers where it can be followed: at once with 202, or when it is over with 200, for as long as
 * the asker said it would wait. An operation that failed is still a good answer; its problem is part of it.
 */
export async function follow(
  call: Pick<Call<RouteName>, 'who' | 'waitMs' | 'setField' | 'setStatus'>,
  { operations }: Means,
  { kind, work }: { readonly kind: Begun['kind']; readonly work: Work },
): Promise<Frozen<Operation>> {
  const { id, over } = operations.begin({ kind, actor: call.who.name }, work)
  call.setField('Location', `${apiBase}/operations/${id}`)
  if (call.waitMs > 0) {
    const patience = Promise.withResolvers<void>()
    const timer = setTimeout(patience.resolve, call.waitMs)
    await Promise.race([over, patience.promise])
    clearTimeout(timer)
  }
  const operation = operations.named(id)
  if (operation.state !== 'running') call.setStatus(operation.problem?.status ?? 200)
  return operation
}

/** Makes a change through the one queue, as the work of an operation. */
export function changing(instance: Instance, wish: Wish): Work {
  return async (tell) => {
    const { warnings, ...applied } = await instance.change(wish, tell)
    return { applied: { ...applied, warnings: warnings.map(placeOf) } }
  }
}
