import type { VersionHead } from '../../admin/contract.ts'

/** How somebody brought a text, in words. */
export const sources: Readonly<Record<VersionHead['source'], string>> = {
  page: 'on the page',
  api: 'by the API',
  cli: 'on the command line',
  file: 'by changing the file',
  signal: 'by a signal',
  rollback: 'rolled back',
  revert: 'reverted by itself',
}
