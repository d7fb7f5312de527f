/**
 * What a command that looks for itself knows of revocation: the folder of lists, what an instance has left in its state
 * folder, and what is fetched for the one handshake. Nothing is written, so an instance may run beside it.
 */
import { X509Certificate } from 'node:crypto'
import { fetchUnder } from '../../backend/fetch-bounded.ts'
import { patiently, type RevocationKnowledge } from '../../backend/judge/find-revocation.ts'
import { ListKeeper } from '../../revocation/list-keeper.ts'
import { RevocationBook } from '../../revocation/revocation-book.ts'
import { RevocationDesk } from '../../revocation/revocation-desk.ts'
import type { Snapshot } from '../../settings/snapshot.ts'

/** Reads what is there; whoever asks waits for what can be found out. */
export async function listsAtHand(snapshot: Snapshot): Promise<RevocationKnowledge> {
  const { state, crls } = snapshot.settings
  const fetch = fetchUnder(snapshot)
  const publish: RevocationBook['learn'] = (news) => book.learn(news)
  const keeper = new ListKeeper({ state, keeps: false, folder: () => crls, fetch, publish, changed: () => {} })
  const desk = new RevocationDesk({ lists: keeper, fetch, publish })
  const book = new RevocationBook((questions, sources) => desk.lookInto(questions, sources))
  const anchors = Object.values(snapshot.trust).flatMap(({ certificates }) => certificates)
  await keeper.know(anchors.map((pem) => new X509Certificate(pem).raw))
  await keeper.readFolder()
  await keeper.loadCache()
  return patiently(book)
}
