/**
 * A main.ts whose workers fall over under some policies, told by the comment: `poison` kills every worker that is to
 * run it, `crash` lets them begin and kills them a moment later.
 */
if (process.argv[2] === '--role=worker') {
  process.prependListener('message', (message: { type: string; snapshot?: { policy: { comment: string } } }) => {
    const comment = message.type === 'begin' ? message.snapshot?.policy.comment : undefined
    if (comment === 'poison') process.exit(7)
    if (comment === 'crash') setTimeout(() => process.exit(8), 50)
  })
}
await import('../../src/main.ts')

export {}
