/** A main.ts on a Node that lacks a suite of the default set: OpenSSL may be built without ChaCha20. */
import tls from 'node:tls'

const all = tls.getCiphers()
tls.getCiphers = () => all.filter((name) => !name.includes('chacha20'))
await import('../../src/main.ts')
