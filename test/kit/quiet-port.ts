import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import net from 'node:net'

/**
 * A free port of loopback that the kernel gives to nobody by itself: for a test that lets go of it and takes it again,
 * while others beside it ask for any port.
 */
export async function quietPort(): Promise<number> {
  const [lowest] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1').trim().split(/\s+/).map(Number)
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * ((lowest as number) - 10_000))
    const server = net.createServer().listen(port, '127.0.0.1')
    const isFree = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'close').then(() => false),
    ]).catch(() => false)
    server.close()
    if (isFree) return port
  }
}
