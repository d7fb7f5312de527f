/**
 * Goal: where the policy denies loopback, no spelling of it leads there, through whatever door it comes. Method: a server
 * on every address of this machine, and every spelling at every entrance over the real Backends; nobody may arrive.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { after, type TestContext, test } from 'node:test'
import { AddressBook } from '../../src/backend/dial/resolve-address.ts'
import { fetchBounded } from '../../src/backend/fetch-bounded.ts'
import { asSidecarError } from '../../src/errors.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { makeSnapshot, type SnapshotWish } from '../kit/make-snapshot.ts'
import { startPaths, startSocksPath } from '../kit/start-paths.ts'

/** The same machine in numbers, in other digits, in IPv6, hidden in IPv6, and by names. */
const spellings = [
  ...['127.0.0.1', '127.0.0.1.', '127.1', '127.0.1', '127.255.255.254', '2130706433', '017700000001', '0177.0.0.1'],
  ...['0x7f.1', '0x7f000001', '0X7F.0.0.0x1', '0', '0.0.0.0', '0x', '１２７.１', '127。0。0。1', '127%2e0.0.1'],
  ...['[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::FFFF:7f00:1]', '[::127.0.0.1]', '[::7f00:1]'],
  ...['[::ffff:0:7f00:1]', '[64:ff9b::7f00:1]', '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]', '[2001:0:7f00:1::]'],
  ...['[2001:db8::5efe:7f00:1]', '[::1%lo]', '[127.0.0.1]', 'localhost', 'LocalHost.', 'a.localhost', 'evil.test'],
]

let arrived = 0
const server = net.createServer((socket) => {
  arrived += 1
  socket.destroy()
})
server.listen(0, '::')
await once(server, 'listening')
const { port } = server.address() as net.AddressInfo
const cleaners: (() => void)[] = [() => void server.close()]
after(() => {
  for (const clean of cleaners) clean()
})

/** A service is refused with its settings where its backend cannot be read. */
const codeOf = (error: unknown): string => asSidecarError(error).code

/** Gives the code that a request ended with. */
type Door = (t: TestContext, authority: string) => Promise<string>

function doorsUnder(addresses: Policy['addresses']): Record<string, Door> {
  const wish: SnapshotWish = { addresses, timeouts: { connectMs: 300, handshakeMs: 300 } }
  const cleaner = { after: (clean: () => void) => void cleaners.push(clean) }
  const paths = { ...startPaths(cleaner, wish), 'a SOCKS5 caller': startSocksPath(cleaner, wish) }
  const judged = Object.entries(paths).map(([name, path]): [string, Door] => {
    return [name, (t, authority) => path(t, authority).then(({ error }) => error, codeOf)]
  })
  const book = new AddressBook(makeSnapshot(wish), { resolve: async () => ['127.0.0.1'] })
  const fetched: Door = async (_, authority) => {
    const wanted = { url: `http://${authority}/`, timeoutMs: 1000, bytesMax: 1000 }
    return await fetchBounded(wanted, book).then(() => '', codeOf)
  }
  return { ...Object.fromEntries(judged), 'what a certificate points to': fetched }
}

const unreadable = ['CALLER_BAD_TARGET', 'CALLER_BAD_REQUEST', 'CALLER_BAD_SOCKS', 'BACKEND_FETCH_FAILED']
const refusals = new Set(['POLICY_ADDRESS_DENIED', ...unreadable])
for (const [name, door] of Object.entries(doorsUnder({ deny: ['default'], allow: [] }))) {
  test(`no spelling of loopback leads there: ${name}`, async (t) => {
    arrived = 0
    for (const spelling of spellings) {
      const code = await door(t, `${spelling}:${port}`)
      assert.ok(refusals.has(code), `${spelling}: ${code}`)
    }
    assert.equal(await door(t, `127.0.0.1:${port}`), 'POLICY_ADDRESS_DENIED')
    assert.equal(arrived, 0)
  })
}

for (const [name, door] of Object.entries(doorsUnder({ deny: ['default'], allow: ['127.0.0.0/8'] }))) {
  test(`where loopback is allowed it is reached: ${name}`, async (t) => {
    arrived = 0
    const code = await door(t, `0x7f.1:${port}`)
    assert.ok(arrived > 0, code)
  })
}
