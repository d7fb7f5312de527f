/** What a backend says in each dialect before TLS: the words of real servers, and what may go wrong with them. */
import type { StarttlsProtocol } from '../../src/settings/service.ts'

export interface DialectRow {
  readonly protocol: StarttlsProtocol
  /** Said before anything is asked. */
  readonly greeting?: string
  /** What is asked and what is answered, in order; the last answer is the go-ahead. Latin1. */
  readonly talk: readonly (readonly [asked: string, answer: string])[]
  /** What replaces an answer (or the greeting, at -1) of a backend that does not offer TLS, or of one in between. */
  readonly stripped: readonly (readonly [at: number, answer: string])[]
  /** What may stand in the place of an answer as well. */
  readonly also: readonly (readonly [at: number, answer: string])[]
  /** What may not: words of a backend that will not serve, or that are none of the protocol. */
  readonly broken: readonly (readonly [at: number, answer: string])[]
  /** What the caller gets of the plain dialogue. */
  readonly callerGets: string
}

const oid = '1.3.6.1.4.1.1466.20037'
const hex = (text: string): string => Buffer.from(text.replaceAll(' ', ''), 'hex').toString('latin1')
const features = (inside: string): string =>
  `<?xml version='1.0'?><stream:stream id='1' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>` +
  `<stream:features>${inside}</stream:features>`
const opening = (host: string): string =>
  `<?xml version='1.0'?><stream:stream to='${host}' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>`
const xmppTls = "xmlns='urn:ietf:params:xml:ns:xmpp-tls'"

/** A MySQL greeting with these lower capabilities, as a packet. */
function mysqlGreeting(capabilities: number, version = '8.4.3'): string {
  const low = Buffer.alloc(2)
  low.writeUInt16LE(capabilities)
  const tail = `\x2d\x02\x00\xff\xc1\x15${'\0'.repeat(10)}${'b'.repeat(12)}\0caching_sha2_password\0`
  const packet = `\x0a${version}\0\x01\0\0\0aaaaaaaa\0${low.toString('latin1')}${tail}`
  return `${String.fromCharCode(packet.length)}\0\0\0${packet}`
}

const mysqlSslRequest = `${hex('20000001 008a0800 00000001 2d')}${'\0'.repeat(23)}`

export const dialectTable: readonly DialectRow[] = [
  {
    protocol: 'smtp',
    greeting: '220-mail.test ESMTP\r\n220 at your service\r\n',
    talk: [
      ['EHLO localhost\r\n', '250-mail.test greets\r\n250-SIZE 10\r\n250-starttls\r\n250 HELP\r\n'],
      ['STARTTLS\r\n', '220 2.0.0 go ahead\r\n'],
    ],
    stripped: [
      [0, '250-mail.test greets\r\n250 XXXXXXXX\r\n'],
      [0, '250 STARTTLS\r\n'],
      [0, '502 what\r\n'],
      [1, '454 4.7.0 not now\r\n'],
    ],
    also: [
      [0, '250-mail.test\r\n250 STARTTLS\r\n'],
      [1, '220\r\n'],
    ],
    broken: [
      [-1, '554 5.3.2 no service\r\n'],
      [-1, '220-mail.test\r\n250 other\r\n'],
      [1, '220-one\r\n220 two\r\n'],
      [1, '220 go ahead\n'],
    ],
    callerGets: '220-mail.test ESMTP\r\n220 at your service\r\n',
  },
  {
    protocol: 'lmtp',
    greeting: '220 store.test LMTP\r\n',
    talk: [
      ['LHLO localhost\r\n', '250-store.test\r\n250 STARTTLS\r\n'],
      ['STARTTLS\r\n', '220 go\r\n'],
    ],
    stripped: [
      [0, '250 store.test\r\n'],
      [0, '500 what\r\n'],
      [1, '454 not now\r\n'],
    ],
    also: [[0, '250-store.test\r\n250-PIPELINING\r\n250-starttls\r\n250 8BITMIME\r\n']],
    broken: [
      [-1, '421 too busy\r\n'],
      [1, '250 go\r\n'],
    ],
    callerGets: '220 store.test LMTP\r\n',
  },
  {
    protocol: 'imap',
    greeting: '* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] Dovecot ready.\r\n',
    talk: [
      ['v1 CAPABILITY\r\n', '* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\nv1 OK done\r\n'],
      ['v2 STARTTLS\r\n', 'v2 OK Begin TLS negotiation now.\r\n'],
    ],
    stripped: [
      [0, '* CAPABILITY IMAP4rev1\r\nv1 OK done\r\n'],
      [0, 'v1 NO what\r\n'],
      [1, 'v2 BAD what\r\n'],
    ],
    also: [
      [0, '* 0 EXISTS\r\n* capability starttls\r\nv1 ok\r\n'],
      [1, '* OK still here\r\nv2 OK go\r\n'],
    ],
    broken: [
      [-1, '* PREAUTH welcome, ann\r\n'],
      [-1, '* BYE too busy\r\n'],
      [0, '* BYE too busy\r\n'],
      [0, 'v9 OK done\r\n'],
      [1, '* BYE too busy\r\n'],
    ],
    callerGets: '* OK Dovecot ready.\r\n',
  },
  {
    protocol: 'pop3',
    greeting: '+OK <1896.697170952@pop.test>\r\n',
    talk: [
      ['CAPA\r\n', '+OK list\r\nUSER\r\nSTLS\r\n.\r\n'],
      ['STLS\r\n', '+OK Begin TLS\r\n'],
    ],
    stripped: [
      [0, '+OK list\r\nUSER\r\n.\r\n'],
      [0, '-ERR what\r\n'],
      [1, '-ERR no\r\n'],
    ],
    also: [[0, '+OK\r\nstls\r\n.\r\n']],
    broken: [
      [-1, '-ERR too busy\r\n'],
      [0, 'USER\r\n'],
      [1, 'begin\r\n'],
    ],
    callerGets: '+OK <1896.697170952@pop.test>\r\n',
  },
  {
    protocol: 'nntp',
    greeting: '201 news.test, no posting\r\n',
    talk: [
      ['CAPABILITIES\r\n', '101 list\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n'],
      ['STARTTLS\r\n', '382 Continue\r\n'],
    ],
    stripped: [
      [0, '101 list\r\nVERSION 2\r\n.\r\n'],
      [0, '500 what\r\n'],
      [1, '580 no\r\n'],
    ],
    also: [[0, '101 list\r\nstarttls\r\nREADER\r\n.\r\n']],
    broken: [
      [-1, '400 too busy\r\n'],
      [0, '200 what\r\n'],
      [1, '281 go\r\n'],
    ],
    callerGets: '201 news.test, no posting\r\n',
  },
  {
    protocol: 'ftp',
    greeting: '220 ftp.test\r\n',
    talk: [['AUTH TLS\r\n', '234 AUTH TLS OK.\r\n']],
    stripped: [
      [0, '500 AUTH not understood\r\n'],
      [0, '534 policy\r\n'],
    ],
    also: [[0, '234\r\n']],
    broken: [
      [-1, '421 too busy\r\n'],
      [0, '331 password\r\n'],
      [0, '234-one\r\n234 two\r\n'],
    ],
    callerGets: '220 ftp.test\r\n',
  },
  {
    protocol: 'sieve',
    greeting: '"IMPLEMENTATION" "Dovecot Pigeonhole"\r\n"STARTTLS"\r\nOK "ready"\r\n',
    talk: [['STARTTLS\r\n', 'OK "Begin TLS"\r\n']],
    stripped: [
      [-1, '"IMPLEMENTATION" "Dovecot Pigeonhole"\r\nOK "ready"\r\n'],
      [0, 'NO "not now"\r\n'],
    ],
    also: [[-1, '"SIEVE" "fileinto"\r\n"starttls"\r\nOK\r\n']],
    broken: [
      [-1, 'BYE "too busy"\r\n'],
      [0, 'BYE "too busy"\r\n'],
      [0, '"STARTTLS"\r\n'],
    ],
    callerGets: '',
  },
  {
    protocol: 'ldap',
    talk: [[`${hex('301d 0201 01 7718 8016')}${oid}`, hex('300c 0201 01 7807 0a0100 0400 0400')]],
    stripped: [
      [0, hex('300c 0201 01 7807 0a0102 0400 0400')],
      [0, hex('308400000010 0201 01 788400000007 0a0134 0400 0400')],
    ],
    also: [
      // WinLDAP and Active Directory write every length over four bytes.
      [0, hex('308400000010 0201 01 788400000007 0a0100 0400 0400')],
      [0, `${hex('3024 0201 01 781f 0a0100 0400 0400 8a16')}${oid}`],
    ],
    broken: [
      // A notice of disconnection.
      [0, hex('300c 0201 00 7807 0a0134 0400 0400')],
      [0, hex('300c 0201 02 7807 0a0100 0400 0400')],
      [0, hex('300c 0201 01 6507 0a0100 0400 0400')],
      [0, hex('3080 0201 01 7807 0a0100 0400 0400 0000')],
      [0, hex('3084ffffffff')],
    ],
    callerGets: '',
  },
  {
    protocol: 'pgsql',
    talk: [[hex('00000008 04d2162f'), 'S']],
    stripped: [[0, 'N']],
    also: [],
    broken: [
      [0, 'E'],
      [0, 'G'],
    ],
    callerGets: '',
  },
  {
    protocol: 'mysql',
    greeting: mysqlGreeting(0xffff),
    talk: [[mysqlSslRequest, '']],
    stripped: [[-1, mysqlGreeting(0xf7ff)]],
    // MariaDB says of itself that it is an old MySQL, for the sake of old replicas.
    also: [[-1, mysqlGreeting(0xffff, '5.5.5-10.11.19-MariaDB')]],
    broken: [
      [-1, `${hex('17000000 ff1004')}Too many connections`],
      [-1, mysqlGreeting(0xffff).replace('\x0a', '\x09')],
      [-1, `${hex('000000 00')}`],
    ],
    callerGets: '',
  },
  {
    protocol: 'xmpp',
    talk: [
      [opening('backend.test'), features(`<starttls ${xmppTls}><required/></starttls>`)],
      [`<starttls ${xmppTls}/>`, `<proceed ${xmppTls}/>`],
    ],
    stripped: [
      [0, features('<mechanisms/>')],
      [1, `<failure ${xmppTls}/>`],
    ],
    also: [
      [0, features(`<mechanisms/><starttls ${xmppTls}/>`)],
      [1, `<proceed ${xmppTls}></proceed>`],
    ],
    broken: [
      [
        0,
        `<stream:stream xmlns:stream='http://etherx.jabber.org/streams'><stream:error><host-unknown/></stream:error>`,
      ],
      [0, '<html>'],
      [1, '<success/>'],
    ],
    callerGets: '',
  },
]
