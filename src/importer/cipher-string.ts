/**
 * Expands an OpenSSL cipher string to the suites of this runtime, as OpenSSL 3 does (ssl_cipher_process_rulestr): a
 * list of all suites in OpenSSL's own order, each on or off, moved about by one word after another. Unlike OpenSSL it
 * says which words meant nothing. TLS 1.3 suites are not in cipher strings.
 */
import { findSuite } from '../policy/catalogue/catalogue.ts'
import { type SuiteRow, suiteRows } from '../policy/catalogue/catalogue-suites.ts'
import { retiredSuite } from '../policy/catalogue/retired.ts'
import { type Covers, dangerOf, isForgottenWord, wordCovers } from './cipher-words.ts'
import type { Result } from './report.ts'

/** What a cipher string comes to. */
export interface Expansion {
  /** IANA names of suites up to TLS 1.2, in order, those that need a shared secret included. */
  readonly suites: readonly string[]
  /** Of `@SECLEVEL=`. */
  readonly securityLevel?: number
  /** What stands out. */
  readonly remarks: readonly { readonly result: Result; readonly says: string }[]
}

/** Expands a cipher string. */
export function expandCipherString(text: string): Expansion {
  const state = startState()
  const suiteB = suiteBLists[/^SUITEB(128ONLY|128|192)/.exec(text)?.[1] ?? '']
  let rest = suiteB ?? text.trim()
  // Only the first word can be DEFAULT: elsewhere OpenSSL does not know it.
  const isDefault = /^DEFAULT(?![\w-])/.test(rest)
  if (isDefault) {
    for (const entry of ['ALL', '!COMPLEMENTOFDEFAULT', '!eNULL']) applyEntry(entry, state)
    rest = rest.slice('DEFAULT'.length)
  }
  for (const entry of rest.split(/[:;, ]+/).filter((each) => each !== '')) applyEntry(entry, state)
  return {
    suites: state.order.filter(({ on }) => on).map(({ row }) => row.iana),
    ...(state.securityLevel === undefined ? {} : { securityLevel: state.securityLevel }),
    remarks: state.remarks,
  }
}

const suiteBLists: Readonly<Record<string, string>> = {
  '128ONLY': 'ECDHE-ECDSA-AES128-GCM-SHA256',
  128: 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384',
  192: 'ECDHE-ECDSA-AES256-GCM-SHA384',
}

interface Entry {
  readonly row: SuiteRow
  on: boolean
}

interface State {
  order: Entry[]
  securityLevel?: number
  readonly remarks: { result: Result; says: string }[]
}

function startState(): State {
  const older = suiteRows.filter(({ since }) => since !== 'TLSv1.3').toSorted((one, other) => one.rank - other.rank)
  return { order: older.map((row) => ({ row, on: false })), remarks: [] }
}

function applyEntry(entry: string, state: State): void {
  if (entry.startsWith('@')) return applyCommand(entry.slice(1), state)
  const operation = /^[-+!]/.exec(entry)?.[0] ?? ''
  const named = entry.slice(operation.length)
  const covers = named.split('+').map((word) => coversOf(word))
  const adds = operation === ''
  if (adds) speakOf(named, state)
  if (covers.some((each) => each === undefined)) {
    if (!adds && !isKnownWord(named))
      state.remarks.push({ result: 'ignored', says: `${entry} is no word of OpenSSL's` })
    return
  }
  move(operation, ({ row }) => covers.every((each) => each?.(row)), state)
}

/** Says what an added word takes from safety, or that it adds nothing. */
function speakOf(named: string, { remarks }: State): void {
  for (const word of named.split('+')) {
    const danger = dangerOf(word)
    const retired = retiredSuite(word)
    if (danger !== undefined) remarks.push({ result: 'dangerous', says: `${word}: ${danger}; left out` })
    else if (findSuite(word)?.protocols[0] === 'TLSv1.3') {
      remarks.push({ result: 'ignored', says: `${word}: a suite of TLS 1.3, which cipher strings do not choose` })
    } else if (coversOf(word) !== undefined && suiteRows.some((row) => coversOf(word)?.(row))) continue
    else if (retired !== undefined && word.includes('-')) {
      remarks.push({ result: 'ignored', says: `${word}: removed by platform: ${retired}` })
    } else if (isKnownWord(word)) {
      remarks.push({ result: 'ignored', says: `${word}: this platform has no such suite any more` })
    } else if (word === 'DEFAULT') {
      remarks.push({ result: 'ignored', says: 'DEFAULT means something as the first word only' })
    } else remarks.push({ result: 'ignored', says: `${word} is no word of OpenSSL's` })
  }
}

function applyCommand(command: string, state: State): void {
  const level = /^SECLEVEL=([0-5])$/.exec(command)?.[1]
  if (level !== undefined) state.securityLevel = Number(level)
  else if (command === 'STRENGTH') sortByStrength(state)
  else state.remarks.push({ result: 'ignored', says: `@${command} is no command of OpenSSL's` })
}

function isKnownWord(name: string): boolean {
  return name.split('+').every((word) => coversOf(word) !== undefined || isForgottenWord(word) || isGone(word))
}

function isGone(word: string): boolean {
  return word.includes('-') && retiredSuite(word) !== undefined
}

function coversOf(word: string): Covers | undefined {
  const suite = word === '' ? undefined : findSuite(word)
  // OpenSSL's names are in capitals; `high` is nothing to it.
  if (suite !== undefined && (suite.openssl === word || suite.iana === word)) return (row) => row.iana === suite.iana
  return wordCovers(word)
}

/** Adding appends, `+` moves what is on to the end, `-` turns off but keeps in front for the next word, `!` is for good. */
function move(operation: string, covers: (entry: Entry) => boolean, state: State): void {
  const concerned = (entry: Entry) => covers(entry) && (operation === '!' || entry.on === (operation !== ''))
  const [chosen, others] = [state.order.filter(concerned), state.order.filter((entry) => !concerned(entry))]
  for (const entry of chosen) entry.on = operation !== '-'
  if (operation === '!') state.order = others
  else state.order = operation === '-' ? [...chosen, ...others] : [...others, ...chosen]
}

function sortByStrength(state: State): void {
  const bits = ({ row }: Entry) => Number(/\((\d+)\)/.exec(row.encryption)?.[1] ?? 0)
  const on = state.order.filter((entry) => entry.on).toSorted((one, other) => bits(other) - bits(one))
  state.order = [...state.order.filter((entry) => !entry.on), ...on]
}
