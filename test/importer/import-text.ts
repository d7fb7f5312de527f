import { type Imported, importDocument } from '../../src/importer/import-document.ts'
import type { ReadFiles } from '../../src/importer/importer.ts'
import { type ImportKind, kinds } from '../../src/importer/kinds.ts'

/** Imports a text; nothing that it includes is at hand unless a reader is given. */
export async function importText(kind: ImportKind, text: string, read: ReadFiles = () => []): Promise<Imported> {
  return importDocument({ file: 'document', text }, { kind, importer: await kinds[kind].load(), read })
}
