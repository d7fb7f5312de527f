/**
 * The fields of a head or a trailer section as a flat list, never as properties of an object, so that no field name can
 * be mistaken for anything else. Most heads are passed on without anybody asking for their list: it is cut from the
 * text when it is asked for, and the text has been checked line by line before (field-lines.ts).
 */
export class Fields {
  readonly #text: string
  readonly #from: number
  readonly #to: number
  #pairs: readonly string[] | undefined

  /** `text` from `from` to `to` holds checked field lines, each with its CRLF. */
  constructor(text: string, from: number, to: number) {
    this.#text = text
    this.#from = from
    this.#to = to
  }

  /** Name, value, name, value, …: names as sent, values without the spaces around them. */
  get pairs(): readonly string[] {
    this.#pairs ??= this.#cut()
    return this.#pairs
  }

  #cut(): string[] {
    const pairs: string[] = []
    let at = this.#from
    while (at < this.#to) {
      const lineEnd = this.#text.indexOf('\r\n', at)
      const colon = this.#text.indexOf(':', at)
      pairs.push(this.#text.slice(at, colon), this.#text.slice(colon + 1, lineEnd).replace(aroundValue, ''))
      at = lineEnd + 2
    }
    return pairs
  }
}

/** Optional whitespace (RFC 9110 section 5.6.3) and nothing else: other blanks are part of a value. */
const aroundValue = /^[ \t]+|[ \t]+$/g
