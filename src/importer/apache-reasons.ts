import type { Result } from './report.ts'

/** Says what becomes of a directive that no policy can hold; undefined for one that may be taken, or is not known. */
export function apacheReason(key: string, value: string): { result: Result; says: string } | undefined {
  const name = key.toLowerCase()
  if (name === 'sslproxyengine') {
    const isOn = value.toLowerCase() === 'on'
    return {
      result: isOn ? 'taken' : 'ignored',
      says: isOn ? 'backends are dialled under TLS' : 'a rule without TLS would be plaintext: true',
    }
  }
  const says = Object.hasOwn(reasons, name) ? reasons[name] : undefined
  return says === undefined ? undefined : { result: 'ignored', says }
}

const callers = 'is for the callers of Apache, not for what leaves'
const depth = 'the length of a chain is not limited here'
const hardware = 'the runtime chooses it'

const reasons: Readonly<Record<string, string>> = {
  ...{
    sslengine: callers,
    sslcertificatefile: callers,
    sslcertificatekeyfile: callers,
    sslcertificatechainfile: callers,
  },
  ...{
    sslcacertificatefile: callers,
    sslcacertificatepath: callers,
    sslhonorcipherorder: callers,
    sslverifyclient: callers,
  },
  ...{ sslverifydepth: callers, sslusestapling: callers, sslstaplingcache: callers, sslsessioncache: callers },
  ...{ sslsessiontickets: callers, sslsessioncachetimeout: callers, ssloptions: callers, sslrequire: callers },
  ...{ sslrequiressl: callers, sslstrictsnivhostcheck: callers, header: callers, redirect: callers, listen: callers },
  ...{ sslinsecurerenegotiation: callers, sslcarevocationfile: callers, sslcarevocationpath: callers },
  ...{ servername: callers, serveralias: callers, documentroot: callers, rewriteengine: callers, rewriterule: callers },
  ...{ proxypassreverse: 'a rule may ask for fix-ups of answers with fixUps: true', proxypreservehost: callers },
  ...{ sslcompression: 'TLS has no compression here', sslcryptodevice: hardware, sslrandomseed: hardware },
  ...{ sslproxyverifydepth: depth, sslopensslconfcmd: 'commands of OpenSSL are not read' },
  sslproxymachinecertificatechainfile: 'put the chain into the same folder under identities/',
}
