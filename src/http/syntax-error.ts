/**
 * Every way a message can break HTTP/1.1, in one table. This room does not know whose bytes it reads,
 * so the reason says what is wrong and never who is wrong: whoever calls wraps it in its own error.
 * Messages never quote bytes of the message: a field value may be a secret.
 */

const sentences = {
  'empty-line': 'More than one empty line stands before the message.',
  'bare-lf': 'A line ends with LF alone; only CRLF ends a line.',
  'bare-cr': 'A CR is not followed by LF.',
  'nul-byte': 'A NUL byte stands in the head.',
  'control-character': 'A control character stands where text is expected.',
  'bad-method': 'The method is not a token.',
  'unknown-method': 'The method is not registered.',
  'bad-target': 'The request target has none of the four forms of RFC 9112 section 3.2.',
  'fragment-in-target': 'The request target has a fragment (#).',
  'userinfo-in-target': 'The request target has user information before the host.',
  'bad-request-line': 'The request line is not: method, one space, target, one space, version.',
  'bad-version': 'The version is neither HTTP/1.0 nor HTTP/1.1.',
  'bad-status-line': 'The status line is not: version, one space, three digits, one space, reason.',
  'bad-status': 'The status is not a number from 100 to 599.',
  'bad-field-name': 'A field name is empty or is not a token.',
  'space-before-colon': 'A space stands between a field name and its colon.',
  'missing-colon': 'A field line has no colon.',
  'obs-fold': 'A field line starts with a space (obsolete line folding).',
  'too-many-fields': 'There are more fields than are taken.',
  'missing-host': 'An HTTP/1.1 request has no Host field.',
  'two-hosts': 'There is more than one Host field.',
  'bad-host': 'The Host field is not a host and an optional port.',
  'bad-content-length': 'Content-Length is not one plain decimal number.',
  'two-content-lengths': 'There is more than one Content-Length field.',
  'te-and-cl': 'Transfer-Encoding and Content-Length stand in one message.',
  'two-transfer-encodings': 'There is more than one Transfer-Encoding field.',
  'bad-transfer-encoding': 'Transfer-Encoding is not exactly: chunked.',
  'te-in-http10': 'Transfer-Encoding stands in an HTTP/1.0 message.',
  'body-on-connect': 'A CONNECT request announces a body.',
  'body-on-bodyless-status': 'An answer that cannot have a body announces one.',
  'bad-connection-option': 'Connection is not a list of tokens.',
  'bad-upgrade': 'Upgrade is not a list of protocols.',
  expectation: 'Expect asks for something other than 100-continue.',
  'bad-chunk-size': 'A chunk size is not a plain hexadecimal number.',
  'chunk-size-too-large': 'A chunk size is larger than can be counted.',
  'bad-chunk-extension': 'A chunk extension is not: name, or name=value.',
  'chunk-extension-too-long': 'A chunk extension is longer than is taken.',
  'chunk-line-end': 'A chunk size line does not end with CRLF.',
  'chunk-data-end': 'Chunk data is not followed by CRLF.',
  'trailers-too-large': 'The trailer section is longer than is taken.',
  'framing-in-trailer': 'A trailer field would change framing or the connection.',
} as const

/** The short name of a broken rule: stable, for logs, metrics and tests. */
export type SyntaxReason = keyof typeof sentences

/** A message that breaks HTTP/1.1. Nothing of its head may be used, and its connection must close. */
export class HttpSyntaxError extends Error {
  readonly reason: SyntaxReason

  constructor(reason: SyntaxReason) {
    super(sentences[reason])
    this.name = 'HttpSyntaxError'
    this.reason = reason
  }
}

/** Throws the HttpSyntaxError of a reason; typed so that the code after it is known not to run. */
export function refuse(reason: SyntaxReason): never {
  throw new HttpSyntaxError(reason)
}

/** Throws what a byte that may not stand inside a line deserves; `next` is the byte after it. */
export function refuseByte(byte: number | undefined, next: number | undefined): never {
  if (byte === 0x0a) refuse('bare-lf')
  if (byte === 0x0d && next !== 0x0a) refuse('bare-cr')
  if (byte === 0) refuse('nul-byte')
  refuse('control-character')
}
