/**
 * A main.ts whose workers fall over under some policies, told by the comment: `poison` kills every worker that is to
 * run it, `crash` lets them accept callers and kills them a moment later.
 */
if (process.argv[2] === '--role=worker') {
  let comment: string | undefined
  process.prependListener('message', (message: { type: string; snapshot?: { policy: { comment: string } } }) => {
    if (message.type === 'begin') comment = message.snapshot?.policy.comment
    if (comment === 'poison') process.exit(7)
    // Not before they accept: on a busy machine a generation that dies while it begins is never in force.
    if (comment === 'crash' && message.type === 'accept') setTimeout(() => process.exit(8), 50)
  })
}
await import('../../src/main.ts')

export {}
