/** Says why a setting of stunnel, by its lower-case key, is never part of a policy; undefined where it may be. */
export function reasonFor(key: string): string | undefined {
  return Object.hasOwn(reasons, key) ? reasons[key] : undefined
}

const process = 'how stunnel itself runs'
const log = 'logs are said in the settings'
const deadlines = 'deadlines are said in the settings (timeouts), for all backends alike'
const sockets = 'sockets are not tuned by a policy'
const sessions = 'sessions are resumed under the verdict they were made with, without a switch'
const secret = 'shared secrets instead of certificates are not supported'
const proxyLogin = 'belongs to a dialogue before TLS, which this release does not speak'
const selection = 'a caller names the backend it wants; which of several is up is not for a policy to choose'

const reasons: Readonly<Record<string, string>> = {
  ...{ foreground: process, pid: process, chroot: process, setuid: process, setgid: process, service: process },
  ...{ exec: process, execargs: process, pty: process, syslog: log, debug: log, output: log, log, logid: log },
  ...{ taskbar: process, iconactive: process, iconerror: process, iconidle: process, engine: process },
  ...{ enginectrl: process, enginedefault: process, engineid: process, enginenum: process, provider: process },
  ...{
    rndfile: process,
    rndbytes: process,
    rndoverwrite: process,
    egd: process,
    compression: 'TLS has no compression here',
  },
  ...{ timeoutbusy: deadlines, timeoutclose: deadlines },
  ...{ timeoutinit: deadlines, timeoutocsp: deadlines, socket: sockets, local: sockets, transparent: sockets },
  ...{ libwrap: 'who may call is not said here', ident: 'who may call is not said here', reset: sockets },
  ...{ session: sessions, sessioncachesize: sessions, sessioncachetimeout: sessions, sessionresume: sessions },
  ...{
    sessiond: sessions,
    ticketkeysecret: sessions,
    ticketmacsecret: sessions,
    renegotiation: 'renegotiation is refused always',
  },
  ...{ pskidentity: secret, psksecrets: secret, delay: selection, retry: selection },
  ...{
    ocspflag: 'answers are always checked in full',
    ocspnonce: 'answers are kept until they end, so none carries a nonce',
  },
  fips: 'FIPS is a matter of the runtime, not of a policy',
  ...{ protocolauthentication: proxyLogin, protocoldomain: proxyLogin, protocolheader: proxyLogin },
  ...{ protocolhost: proxyLogin, protocolpassword: proxyLogin, protocolusername: proxyLogin },
  ...{ redirect: 'is for servers', requirecert: 'is for servers', dh: 'is for servers' },
}
