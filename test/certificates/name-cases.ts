import { authority, behind, type Twin } from './twin.ts'

const names = (as: string, dns: readonly string[], host = 'good.test') => ({ as, leaf: { sans: { dns } }, host })
const mismatch = { finds: ['name-mismatch'] } as const
const malformed = { finds: ['malformed-certificate'] } as const
const address = (as: string, ip: readonly string[], host = '127.0.0.1') => ({ as, leaf: { sans: { ip } }, host })

export const nameCases: readonly Twin[] = [
  {
    check: 'host-name',
    reason: 'the name must be there',
    passes: names('its name', ['good.test']),
    fails: { ...names('another name', ['other.test']), ...mismatch },
  },
  {
    check: 'host-name',
    reason: 'case means nothing, a label in front does',
    passes: names('its name in upper case', ['GOOD.Test']),
    fails: { ...names('the name of its parent', ['good.test'], 'www.good.test'), ...mismatch },
  },
  {
    check: 'host-name',
    reason: 'a common name is for people to read',
    passes: { as: 'its name beside another common name', leaf: { subject: 'other.test' } },
    fails: { as: 'its name as common name only', leaf: { subject: 'good.test', sans: {} }, ...mismatch },
  },
  {
    check: 'host-name',
    reason: 'nor does a common name stand in where there are other names',
    passes: names('its name among others', ['a.test', 'good.test', 'b.test']),
    fails: {
      as: 'its name as common name beside others',
      leaf: { subject: 'good.test', sans: { dns: ['a.test'] } },
      ...mismatch,
    },
  },
  {
    check: 'host-name',
    reason: 'a wildcard stands for one label, not for none',
    passes: names('a wildcard', ['*.good.test'], 'www.good.test'),
    fails: { ...names('a wildcard over its own name', ['*.good.test']), ...mismatch },
  },
  {
    check: 'host-name',
    reason: 'nor for two',
    passes: names('a wildcard one level up', ['*.www.good.test'], 'a.www.good.test'),
    fails: { ...names('a wildcard two levels up', ['*.good.test'], 'a.www.good.test'), ...mismatch },
  },
  {
    check: 'host-name',
    reason: 'it is the whole label (OpenSSL takes a part)',
    passes: names('a whole wildcard', ['*.good.test'], 'foo.good.test'),
    fails: { ...names('a wildcard behind a letter', ['f*.good.test'], 'foo.good.test'), ...mismatch },
  },
  {
    check: 'host-name',
    reason: 'and the left-most',
    passes: names('a wildcard in front', ['*.x.test'], 'a.x.test'),
    fails: { ...names('a wildcard in the middle', ['a.*.test'], 'a.x.test'), ...mismatch },
  },
  {
    check: 'host-name',
    reason: 'over two labels at least',
    passes: names('a wildcard over two labels', ['*.good.test'], 'a.good.test'),
    fails: { ...names('a wildcard over a top-level name', ['*.test']), ...mismatch },
  },
  {
    check: 'host-name',
    reason: 'a star alone is everybody',
    passes: names('a star beside its name', ['*', 'good.test']),
    fails: { ...names('a star alone', ['*']), ...mismatch },
  },
  {
    check: 'host-name',
    reason: 'and there is one of them',
    passes: names('one star', ['*.y.test'], 'x.y.test'),
    fails: { ...names('two stars', ['*.*.test'], 'x.y.test'), ...mismatch },
  },
  {
    check: 'host-name',
    reason: 'an international label is one label, and no star is inside it',
    passes: names('a wildcard over an international label', ['*.good.test'], 'xn--bcher-kva.good.test'),
    fails: { ...names('a wildcard inside one', ['xn--*.good.test'], 'xn--bcher-kva.good.test'), ...mismatch },
  },
  {
    check: 'host-name',
    reason: 'a URI is not a host name (CVE-2022-21656)',
    passes: { as: 'a URI beside its name', leaf: { sans: { dns: ['good.test'], uri: ['https://other.test/'] } } },
    fails: { as: 'its name as URI', leaf: { sans: { uri: ['good.test'] } }, ...mismatch },
  },
  {
    check: 'host-name',
    reason: 'nor is a mail address',
    passes: { as: 'a mail address beside its name', leaf: { sans: { dns: ['good.test'], email: ['me@other.test'] } } },
    fails: { as: 'its name as mail address', leaf: { sans: { email: ['good.test'] } }, ...mismatch },
  },
  {
    check: 'host-name',
    reason: 'nor is an otherName',
    passes: { as: 'an otherName beside its name', leaf: { sans: { dns: ['good.test'], other: ['me'] } } },
    fails: { as: 'its name as otherName', leaf: { sans: { other: ['good.test'] } }, ...mismatch },
  },
  {
    check: 'host-name',
    reason: 'nor is a directory name',
    passes: { as: 'a directory name beside its name', leaf: { sans: { dns: ['good.test'], directory: ['Corp'] } } },
    fails: { as: 'its name as directory name', leaf: { sans: { directory: ['good.test'] } }, ...mismatch },
  },
  {
    check: 'host-name',
    reason: 'text in one name does not make another (CVE-2021-44531)',
    passes: {
      as: 'a comma in a URI beside its name',
      leaf: { sans: { dns: ['good.test'], uri: ['http://x/, DNS:evil.test'] } },
    },
    fails: { as: 'its name hidden in a URI', leaf: { sans: { uri: ['http://x/, DNS:good.test'] } }, ...mismatch },
  },
  {
    check: 'ip-address',
    reason: 'an address is an iPAddress, whatever a dNSName looks like',
    passes: address('its address', ['127.0.0.1']),
    fails: { ...names('its address as host name', ['127.0.0.1'], '127.0.0.1'), ...mismatch },
  },
  {
    check: 'ip-address',
    reason: 'it must be that address',
    passes: address('its address among others', ['192.0.2.1', '127.0.0.1']),
    fails: { ...address('another address', ['127.0.0.2']), ...mismatch },
  },
  {
    check: 'ip-address',
    reason: 'a common name does not make an address either',
    passes: {
      as: 'its address beside its common name',
      leaf: { subject: '127.0.0.1', sans: { ip: ['127.0.0.1'] } },
      host: '127.0.0.1',
    },
    fails: {
      as: 'its address as common name',
      leaf: { subject: '127.0.0.1', sans: {} },
      host: '127.0.0.1',
      ...mismatch,
    },
  },
  {
    check: 'ip-address',
    reason: 'nor does a wildcard',
    passes: {
      as: 'a wildcard beside its address',
      leaf: { sans: { dns: ['*.good.test'], ip: ['127.0.0.1'] } },
      host: '127.0.0.1',
    },
    fails: { ...names('a wildcard over its address', ['*.0.0.1'], '127.0.0.1'), ...mismatch },
  },
  {
    check: 'ip-address',
    reason: 'of IPv6 every spelling is the same address',
    passes: address('its IPv6 address, written out', ['0:0:0:0:0:0:0:1'], '::1'),
    fails: { ...address('another IPv6 address', ['::2'], '::1'), ...mismatch },
  },
  {
    check: 'ip-address',
    reason: 'an IPv4 address inside an IPv6 one is another address',
    passes: address('both of its addresses', ['127.0.0.1', '::ffff:127.0.0.1']),
    fails: { ...address('its address inside an IPv6 one', ['::ffff:127.0.0.1']), ...mismatch },
  },
  {
    check: 'control-bytes',
    reason: 'NUL has cut names short before (CVE-2009-2408), also beside a sound one',
    passes: names('two sound names', ['good.test', 'www.good.test']),
    fails: { ...names('NUL in another name', ['good.test', 'good.test\0.evil.test']), ...malformed },
  },
  {
    check: 'control-bytes',
    reason: 'what stands before NUL is no name',
    passes: names('a long name beside its own', ['good.test', 'good.test.evil.test']),
    fails: {
      ...names('its name before NUL', ['good.test\0.evil.test']),
      finds: ['malformed-certificate', 'name-mismatch'],
    },
  },
  {
    check: 'control-bytes',
    reason: 'a line end in a subject forges log lines',
    passes: { as: 'a subject of two words', leaf: { subject: 'two words' } },
    fails: { as: 'a line end in its subject', leaf: { subject: 'two\r\nlines' }, ...malformed },
  },
  {
    check: 'control-bytes',
    reason: 'the same in the name of its issuer',
    passes: behind(await authority({ subject: 'Föhn GmbH' }), 'an issuer with an umlaut'),
    fails: {
      ...behind(await authority({ subject: 'esc\u001b[2J' }), 'an issuer with an escape sequence'),
      ...malformed,
    },
  },
  {
    check: 'dns-syntax',
    reason: 'RFC 5280 wants host names, the grade webpki lets an underscore pass',
    passes: names('an underscore in another name', ['good.test', 'a_b.good.test']),
    fails: { ...names('the same, at rfc5280', ['good.test', 'a_b.good.test']), grade: 'rfc5280', ...malformed },
  },
  {
    check: 'dns-syntax',
    reason: 'a label has 63 characters at most',
    passes: { ...names('a label of 63', ['good.test', `${'a'.repeat(63)}.test`]), grade: 'rfc5280' },
    fails: { ...names('a label of 64', ['good.test', `${'a'.repeat(64)}.test`]), grade: 'rfc5280', ...malformed },
  },
  {
    check: 'dns-syntax',
    reason: 'a name has no empty label, at its end either',
    passes: { ...names('a wildcard', ['good.test', '*.good.test']), grade: 'rfc5280' },
    fails: { ...names('a dot at the end of a name', ['good.test', 'www.good.test.']), grade: 'rfc5280', ...malformed },
  },
]
