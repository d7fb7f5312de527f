import type { CertificateWish } from '../../src/certificate/make-certificate.ts'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { der, sequence } from '../kit/der.ts'
import { authority, behind, type Shown, sans, type Twin } from './twin.ts'

type Constraints = NonNullable<CertificateWish['nameConstraints']>

const NAME_CONSTRAINTS = '2.5.29.30'
const ORGANISATION = '2.5.4.10'
const EMAIL_ADDRESS = '1.2.840.113549.1.9.1'
const wrong = { finds: ['wrong-purpose'] } as const
const malformed = { finds: ['malformed-certificate'] } as const

const under = async (
  as: string,
  nameConstraints: Constraints,
  leaf: Partial<CertificateWish> = {},
  host = 'good.test',
): Promise<Shown> => ({ ...behind(await authority({ nameConstraints }), as, leaf), host })
const raw = async (as: string, value: Buffer, critical = true): Promise<Shown> =>
  behind(await authority({ extensions: [{ id: NAME_CONSTRAINTS, critical, value }] }), as)

const named = (more: NonNullable<CertificateWish['sans']>) => ({ sans: { ...sans, ...more } })
const wildcard = { sans: { dns: ['*.good.test'] } }
const inCorp = (organisation: string) => ({ subject: '', attributes: [[ORGANISATION, organisation]] as const })
const local = (ip: readonly string[]) => ({ sans: { ip } })

const narrowRoot = await makeCertificate({ subject: 'Narrow', ca: true, nameConstraints: { permitted: ['good.test'] } })
const otherRoot = await makeCertificate({ subject: 'Other', ca: true, nameConstraints: { permitted: ['x.test'] } })
const far = await authority({ subject: 'Far', nameConstraints: { permitted: ['x.test'] } })
const near = await makeCertificate({ subject: 'Near', ca: true, issuer: far })
const wide = await authority({ subject: 'Wide', nameConstraints: { permitted: ['test'] } })
const nearWide = await makeCertificate({ subject: 'Near', ca: true, issuer: wide })
/** `minimum` 1 on good.test, and an address of five bytes. */
const deep = sequence(der(0xa0, sequence(der(0x82, Buffer.from('good.test')), der(0x80, Buffer.from([1])))))
const badAddress = sequence(der(0xa1, sequence(der(0x87, Buffer.from([10, 0, 0, 0, 255])))))
const sound = sequence(der(0xa0, sequence(der(0x82, Buffer.from('good.test')))))

export const constraintCases: readonly Twin[] = [
  {
    check: 'constraint-dns',
    reason: 'what is permitted is all that is',
    passes: await under('an issuer for its name', { permitted: ['good.test'] }),
    fails: { ...(await under('an issuer for another name', { permitted: ['x.test'] })), ...wrong },
  },
  {
    check: 'constraint-dns',
    reason: 'what is excluded is not',
    passes: await under('an issuer for all but another name', { excluded: ['x.test'] }),
    fails: { ...(await under('an issuer for all but its name', { excluded: ['good.test'] })), ...wrong },
  },
  {
    check: 'constraint-dns',
    reason: 'a wildcard covers an excluded name, whichever was asked for (CVE-2025-61727)',
    passes: await under('a wildcard beside an excluded name', { excluded: ['www.x.test'] }, wildcard, 'a.good.test'),
    fails: {
      ...(await under('a wildcard over an excluded name', { excluded: ['www.good.test'] }, wildcard, 'a.good.test')),
      ...wrong,
    },
  },
  {
    check: 'constraint-dns',
    reason: 'a wildcard covers more than the one name that is permitted',
    passes: await under('a wildcard within what is permitted', { permitted: ['good.test'] }, wildcard, 'a.good.test'),
    fails: {
      ...(await under('a wildcard beyond what is permitted', { permitted: ['a.good.test'] }, wildcard, 'a.good.test')),
      ...wrong,
    },
  },
  {
    check: 'constraint-dns',
    reason: 'every name counts, not only the one asked for',
    passes: await under(
      'two names within',
      { permitted: ['good.test'] },
      { sans: { dns: ['good.test', 'a.good.test'] } },
    ),
    fails: {
      ...(await under(
        'one of two names outside',
        { permitted: ['good.test'] },
        { sans: { dns: ['good.test', 'x.test'] } },
      )),
      ...wrong,
    },
  },
  {
    check: 'constraint-dns',
    reason: 'a subtree ends at a dot, not inside a label',
    passes: await under('a label before the base', { permitted: ['test'] }),
    fails: { ...(await under('letters before the base', { permitted: ['ood.test'] })), ...wrong },
  },
  {
    check: 'constraint-dns',
    reason: 'case means nothing',
    passes: await under('an issuer for its name in upper case', { permitted: ['GOOD.TEST'] }),
    fails: { ...(await under('an issuer for all but that', { excluded: ['GOOD.TEST'] })), ...wrong },
  },
  {
    check: 'constraint-dns',
    reason: 'constraints hold for all below, not only for the next',
    passes: { as: 'constraints two levels up that hold', leaf: { issuer: nearWide }, sent: [nearWide, wide] },
    fails: { as: 'constraints two levels up that do not', leaf: { issuer: near }, sent: [near, far], ...wrong },
  },
  {
    check: 'constraint-dns',
    reason: 'those of an anchor count as well',
    passes: { as: 'a root for its name', leaf: { issuer: narrowRoot }, trusted: [narrowRoot] },
    fails: { as: 'a root for another name', leaf: { issuer: otherRoot }, trusted: [otherRoot], ...wrong },
  },
  {
    check: 'constraint-ip',
    reason: 'addresses lie in a range',
    passes: await under(
      'an issuer for its range',
      { permitted: { ip: ['127.0.0.0/8'] } },
      local(['127.0.0.1']),
      '127.0.0.1',
    ),
    fails: {
      ...(await under(
        'an issuer for another range',
        { permitted: { ip: ['10.0.0.0/8'] } },
        local(['127.0.0.1']),
        '127.0.0.1',
      )),
      ...wrong,
    },
  },
  {
    check: 'constraint-ip',
    reason: 'or outside of one',
    passes: await under(
      'an excluded range next to it',
      { excluded: { ip: ['127.0.0.2/31'] } },
      local(['127.0.0.1']),
      '127.0.0.1',
    ),
    fails: {
      ...(await under(
        'an excluded range around it',
        { excluded: { ip: ['127.0.0.0/31'] } },
        local(['127.0.0.1']),
        '127.0.0.1',
      )),
      ...wrong,
    },
  },
  {
    check: 'constraint-ip',
    reason: 'a family that is not permitted is outside',
    passes: await under(
      'both families permitted',
      { permitted: { ip: ['127.0.0.0/8', '::1/128'] } },
      local(['127.0.0.1', '::1']),
      '::1',
    ),
    fails: {
      ...(await under(
        'one family permitted',
        { permitted: { ip: ['127.0.0.0/8'] } },
        local(['127.0.0.1', '::1']),
        '::1',
      )),
      ...wrong,
    },
  },
  {
    check: 'constraint-ip',
    reason: 'a kind that is not there is not constrained',
    passes: await under('constraints of addresses and none in it', { permitted: { ip: ['10.0.0.0/8'] } }),
    fails: {
      ...(await under(
        'an address beside its name',
        { permitted: { ip: ['10.0.0.0/8'] } },
        named({ ip: ['127.0.0.1'] }),
      )),
      ...wrong,
    },
  },
  {
    check: 'constraint-email',
    reason: 'mail addresses of one host',
    passes: await under(
      'an address at the host',
      { permitted: { email: ['corp.test'] } },
      named({ email: ['me@corp.test'] }),
    ),
    fails: {
      ...(await under(
        'an address below the host',
        { permitted: { email: ['corp.test'] } },
        named({ email: ['me@a.corp.test'] }),
      )),
      ...wrong,
    },
  },
  {
    check: 'constraint-email',
    reason: 'or of all hosts below it',
    passes: await under(
      'an address below it',
      { permitted: { email: ['.corp.test'] } },
      named({ email: ['me@a.corp.test'] }),
    ),
    fails: {
      ...(await under(
        'an address at it',
        { permitted: { email: ['.corp.test'] } },
        named({ email: ['me@corp.test'] }),
      )),
      ...wrong,
    },
  },
  {
    check: 'constraint-email',
    reason: 'or one mailbox, whose case counts',
    passes: await under('that mailbox', { permitted: { email: ['me@corp.test'] } }, named({ email: ['me@CORP.test'] })),
    fails: {
      ...(await under(
        'another mailbox',
        { permitted: { email: ['me@corp.test'] } },
        named({ email: ['you@corp.test'] }),
      )),
      ...wrong,
    },
  },
  {
    check: 'constraint-email',
    reason: 'one in the subject counts as well',
    passes: await under(
      'a sound one in its subject',
      { excluded: { email: ['x.test'] } },
      { attributes: [[EMAIL_ADDRESS, 'me@corp.test']] },
    ),
    fails: {
      ...(await under(
        'an excluded one in its subject',
        { excluded: { email: ['corp.test'] } },
        { attributes: [[EMAIL_ADDRESS, 'me@corp.test']] },
      )),
      ...wrong,
    },
  },
  {
    check: 'constraint-directory',
    reason: 'a subject lies below a base',
    passes: await under('its organisation permitted', { permitted: { directory: ['Corp'] } }, inCorp('Corp')),
    fails: {
      ...(await under('another one permitted', { permitted: { directory: ['Corp'] } }, inCorp('Evil'))),
      ...wrong,
    },
  },
  {
    check: 'constraint-directory',
    reason: 'or not below one, whatever its case and spaces',
    passes: await under('another one excluded', { excluded: { directory: ['Evil'] } }, inCorp('Corp')),
    fails: {
      ...(await under(
        'its own excluded in other letters',
        { excluded: { directory: ['EVIL  corp'] } },
        inCorp('Evil Corp'),
      )),
      ...wrong,
    },
  },
  {
    check: 'constraint-directory',
    reason: 'a directory name among the alternative names counts too',
    passes: await under(
      'a permitted one',
      { permitted: { directory: ['Corp'] } },
      { ...inCorp('Corp'), ...named({ directory: ['Corp'] }) },
    ),
    fails: {
      ...(await under(
        'one that is not permitted',
        { permitted: { directory: ['Corp'] } },
        { ...inCorp('Corp'), ...named({ directory: ['Evil'] }) },
      )),
      ...wrong,
    },
  },
  {
    check: 'constraint-uri',
    reason: 'URIs of one host',
    passes: await under(
      'a URI at the host',
      { permitted: { uri: ['corp.test'] } },
      named({ uri: ['https://corp.test:8443/a'] }),
    ),
    fails: {
      ...(await under(
        'a URI at another',
        { permitted: { uri: ['corp.test'] } },
        named({ uri: ['https://x.test/corp.test'] }),
      )),
      ...wrong,
    },
  },
  {
    check: 'constraint-uri',
    reason: 'what stands before an @ is not the host',
    passes: await under(
      'a user at a sound host',
      { excluded: { uri: ['x.test'] } },
      named({ uri: ['ftp://x.test@corp.test/'] }),
    ),
    fails: {
      ...(await under(
        'a user at an excluded host',
        { excluded: { uri: ['x.test'] } },
        named({ uri: ['ftp://corp.test@x.test/'] }),
      )),
      ...wrong,
    },
  },
  {
    check: 'constraint-uri',
    reason: 'a URI without a host cannot be held against anything',
    passes: await under(
      'a URI below a domain',
      { permitted: { uri: ['.corp.test'] } },
      named({ uri: ['https://a.corp.test'] }),
    ),
    fails: {
      ...(await under('a URN', { permitted: { uri: ['.corp.test'] } }, named({ uri: ['urn:x:corp.test'] }))),
      ...wrong,
    },
  },
  {
    check: 'constraint-other',
    reason: 'a kind that nobody compares is only harmless where it does not occur',
    passes: await under('a constrained otherName and none in it', { permitted: { other: ['me'] } }),
    fails: {
      ...(await under('an otherName below that', { permitted: { other: ['me'] } }, named({ other: ['me'] }))),
      ...wrong,
    },
  },
  {
    check: 'constraints-readable',
    reason: 'a subtree that begins at a depth is not one of RFC 5280',
    passes: await raw('a subtree without depth', sound),
    fails: { ...(await raw('a subtree with depth', deep)), ...wrong },
  },
  {
    check: 'constraints-readable',
    reason: 'an address has a mask of its own size',
    passes: await under('an address with a mask', { excluded: { ip: ['10.0.0.0/8'] } }),
    fails: { ...(await raw('an address of five bytes', badAddress)), ...wrong },
  },
  {
    check: 'constraints-not-empty',
    reason: 'an empty list looks like a constraint and is none (OpenSSL takes it)',
    passes: await raw('one constraint', sound),
    fails: { ...(await raw('no constraint in the extension', sequence())), ...malformed },
  },
  {
    check: 'constraints-place',
    reason: 'a leaf vouches for nobody, so there is nothing to constrain (OpenSSL takes it)',
    passes: await under('constraints in its issuer', { permitted: ['good.test'] }),
    fails: {
      as: 'constraints in its own certificate',
      leaf: { nameConstraints: { permitted: ['good.test'] } },
      ...malformed,
    },
  },
  {
    check: 'constraints-critical',
    reason: 'RFC 5280 wants them critical; at webpki they count all the same',
    passes: await raw('constraints that are not critical', sound, false),
    fails: { ...(await raw('the same, at rfc5280', sound, false)), grade: 'rfc5280', ...malformed },
  },
]
