import { readYaml } from '../document/read-yaml.ts'
import { tlsPlaceOf } from '../document/tls-places.ts'
import type { Rule } from '../policy.ts'
import { type ColumnsByList, columnsAt } from './cipher-columns.ts'

/** Gives the columns of a rule as the text of its policy writes them. */
export function columnsIn(text: string, { index, tls }: Rule): ColumnsByList {
  return columnsAt(tlsPlaceOf(readYaml(text, 'policy').value, index), tls)
}
