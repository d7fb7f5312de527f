/** Why bytes are not a TLS handshake that can be judged. */
export type HandshakeFault =
  | 'not-tls'
  | 'empty-record'
  | 'record-too-long'
  | 'message-too-long'
  | 'truncated'
  | 'surplus'
  | 'interleaved'
  | 'repeated-extension'
  | 'bad-value'
  | 'unexpected-message'

const sentences: Record<HandshakeFault, string> = {
  'not-tls': 'something that is not TLS',
  'empty-record': 'an empty TLS record in the handshake',
  'record-too-long': 'a TLS record that is longer than the protocol allows',
  'message-too-long': 'a handshake message that is longer than is taken',
  truncated: 'a handshake message that ends in the middle of a field',
  surplus: 'bytes behind the end of a handshake message or field',
  interleaved: 'another record in the middle of a handshake message',
  'repeated-extension': 'an extension twice',
  'bad-value': 'a value that the protocol does not allow',
  'unexpected-message': 'a handshake message that does not belong there',
}

/** Thrown for bytes that break TLS (RFC 8446, RFC 5246); `message` says what they held instead. */
export class HandshakeSyntaxError extends Error {
  readonly fault: HandshakeFault

  constructor(fault: HandshakeFault) {
    super(sentences[fault])
    this.fault = fault
  }
}

/** Throws a HandshakeSyntaxError. */
export function refuse(fault: HandshakeFault): never {
  throw new HandshakeSyntaxError(fault)
}
