/**
 * What an import says about each line of what it was given. The rule of this room: no line that means anything passes
 * in silence, so whatever no importer speaks of is reported as ignored when the report is closed.
 */

/** What became of a line; the later the worse. */
export const results = ['taken', 'changed', 'ignored', 'dangerous'] as const
/** What became of a line. */
export type Result = (typeof results)[number]

/** One line of a document that is being imported. */
export interface Place {
  readonly file: string
  /** 1-based. */
  readonly line: number
  readonly text: string
}

/** One remark about one line. */
export interface ReportLine extends Place {
  readonly result: Result
  /** What was made of it, or why nothing was. */
  readonly says: string
}

/** Says what became of a line. */
export type Tell = (place: Place, result: Result, says: string) => void

/** A report being written. */
export interface Report {
  /** Registers a line that has to be spoken of. */
  readonly place: (file: string, line: number, text: string) => Place
  readonly tell: Tell
  /** Gives all remarks in the order of the lines; what nobody spoke of is ignored. */
  readonly close: () => readonly ReportLine[]
}

/** Starts a report. */
export function startReport(): Report {
  const remarks = new Map<Place, Map<string, ReportLine>>()
  return {
    place: (file, line, text) => {
      const place = { file, line, text: hideSecret(text.trim()) }
      remarks.set(place, new Map())
      return place
    },
    tell: (place, result, says) => {
      // Services inherit lines, so the same may be said of one line again and again.
      remarks.get(place)?.set(`${result} ${says}`, { ...place, result, says })
    },
    close: () =>
      [...remarks].flatMap(([place, said]): ReportLine[] =>
        said.size > 0 ? [...said.values()] : [{ ...place, result: 'ignored', says: unknownLine }],
      ),
  }
}

/** What the report says of lines that no importer knows. */
export const unknownLine = 'says nothing that an outgoing-TLS policy could hold'

/** A report is pasted into tickets: what follows a word for a secret stays out of it. */
function hideSecret(text: string): string {
  return text.replace(
    /^(.*?(?:password|passphrase|passwd|secret|psk|keypass|storepass)\w*["']?\s*[=:\s]\s*)\S.*$/i,
    '$1…',
  )
}
