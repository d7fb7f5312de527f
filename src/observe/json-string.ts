/**
 * Strings for log lines. A log line is pure ASCII: whatever a caller, a certificate or a file name brings along (line
 * ends, terminal escapes, U+2028, text that turns writing around) is escaped, so one event is one line in every
 * viewer, and a line's length is its size in bytes.
 */

/** Prints a string as the inside of a JSON string, without the quotes. */
export function jsonInside(text: string): string {
  // Nearly every string on the hot path is plain, and this test costs a tenth of JSON.stringify.
  return plain.test(text) ? text : asciiJson(JSON.stringify(text)).slice(1, -1)
}

/** Prints a string as a JSON string, quotes included. */
export function jsonString(text: string): string {
  return `"${jsonInside(text)}"`
}

/** Escapes what is not ASCII in a finished JSON text; a line end at its end stays. */
export function asciiJson(json: string): string {
  return json.replace(notAscii, escapeUnit)
}

/** Makes text safe to show on a terminal: control, direction and invisible characters become visible escapes. */
export function visibleText(text: string): string {
  return text.replace(unsafeOnTerminal, (sign) => {
    const code = sign.codePointAt(0) ?? 0
    return code > 0xffff ? `\\u{${code.toString(16)}}` : escapeUnit(sign)
  })
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

const plain = /^[ !#-[\]-~]*$/
const notAscii = /[^\n\x20-\x7e]/g
// Controls (C0, DEL, C1), formats (marks that reorder or hide text), line and paragraph separators, lone surrogates.
const unsafeOnTerminal = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
