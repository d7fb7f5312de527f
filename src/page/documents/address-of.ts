/** Where the instance serves its documents: each by its name, the contents at the top. */

/** Gives the address of a document, by its path in the source; undefined for one that is not served. */
export function addressOf(file: string, served: readonly string[]): string | undefined {
  if (!served.includes(file)) return undefined
  return file === 'docs/README.md' ? documentsAt : `${documentsAt}/${nameOf(file)}`
}

/** Gives the address at which a finding or an error code is explained. */
export function reasonAddress(name: string): string {
  return `${documentsAt}/reasons#${name.toLowerCase()}`
}

/** Names the built file of a document. */
export function nameOf(file: string): string {
  return file.replace(/^.*\//, '').replace(/\.md$/, '')
}

/** The address of the contents. */
export const documentsAt = '/docs'
