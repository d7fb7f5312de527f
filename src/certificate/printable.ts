/** Everything that moves a cursor, ends a line, colours a terminal or turns the direction of writing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly what must not get through.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/g

/** Makes text from outside fit for a log line or a message: control characters become `\u00xx`. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
