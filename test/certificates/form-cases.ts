/** The form that RFC 5280 asks for: each fault passes at webpki and fails at rfc5280, where sound ones pass. */
import { type CertificateWish, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { sequence } from '../kit/der.ts'
import { authority, behind, type Shown, sans, type Twin } from './twin.ts'

const SUBJECT_KEY = '2.5.29.14'
const KEY_USAGE = '2.5.29.15'
const NAMES = '2.5.29.17'
const BASIC_CONSTRAINTS = '2.5.29.19'
const AUTHORITY_KEY = '2.5.29.35'
const malformed = { finds: ['malformed-certificate'] } as const

const leaf = (as: string, wish: Partial<CertificateWish>): Shown => ({ as, leaf: wish })
const issuer = async (as: string, wish: Partial<CertificateWish>): Promise<Shown> => behind(await authority(wish), as)

const bareRoot = await makeCertificate({ subject: 'Bare', ca: true, extensions: [{ id: SUBJECT_KEY, times: 0 }] })
const without = (id: string) => ({ extensions: [{ id, times: 0 }] })
const nameless = { subject: '', ca: true }

const faults: readonly {
  check: string
  reason: string
  sound: Shown
  faulty: Shown
  finds?: Twin['fails']['finds']
}[] = [
  {
    check: 'authority-key-identifier',
    reason: 'it says which key of an issuer signed',
    sound: leaf('both key identifiers', {}),
    faulty: leaf('no authority key identifier', without(AUTHORITY_KEY)),
  },
  {
    check: 'authority-key-identifier',
    reason: 'an intermediate needs it too',
    sound: await issuer('an issuer with key identifiers', {}),
    faulty: await issuer('an issuer without the one of its own issuer', without(AUTHORITY_KEY)),
  },
  {
    check: 'subject-key-identifier',
    reason: 'an authority names its key',
    sound: await issuer('an issuer that names its key', { keyType: 'rsa' }),
    faulty: behind(await authority(without(SUBJECT_KEY)), 'an issuer that does not'),
  },
  {
    check: 'subject-key-identifier',
    reason: 'also a root',
    sound: leaf('a root that names its key', { keyType: 'rsa' }),
    faulty: { ...leaf('a root that does not', { issuer: bareRoot }), trusted: [bareRoot] },
  },
  {
    check: 'serial-number',
    reason: 'it has 20 bytes at most',
    sound: leaf('a serial number of 20 bytes', { serial: Buffer.alloc(20, 1) }),
    faulty: leaf('one of 21', { serial: Buffer.alloc(21, 1) }),
  },
  {
    check: 'serial-number',
    reason: 'it is positive',
    sound: leaf('the serial number 128', { serial: Buffer.from([0, 128]) }),
    faulty: leaf('a negative one', { serial: Buffer.from([128]) }),
  },
  {
    check: 'serial-number',
    reason: 'zero is not positive',
    sound: leaf('the serial number 1', { serial: Buffer.from([1]) }),
    faulty: leaf('the serial number 0', { serial: Buffer.from([0]) }),
  },
  {
    check: 'authority-constraints',
    reason: 'that somebody is an authority is critical',
    sound: await issuer('critical basic constraints above', {}),
    faulty: await issuer('basic constraints that are not', {
      extensions: [{ id: BASIC_CONSTRAINTS, critical: false }],
    }),
  },
  {
    check: 'authority-key-usage',
    reason: 'an authority says what its key is for',
    sound: await issuer('an issuer with a key usage', {}),
    faulty: await issuer('an issuer without', without(KEY_USAGE)),
  },
  {
    check: 'authority-subject',
    reason: 'an authority has a name',
    sound: await issuer('an issuer with a name', {}),
    faulty: await issuer('an issuer without', nameless),
  },
  {
    check: 'names-not-empty',
    reason: 'a list of names names somebody',
    sound: await issuer('an issuer with a name of its own', { sans: { dns: ['ca.test'] } }),
    faulty: await issuer('an issuer with an empty list', { extensions: [{ id: NAMES, value: sequence() }] }),
  },
  {
    check: 'names-critical',
    reason: 'without a subject the other names are all there is',
    sound: leaf('no subject and critical names', { subject: '', extensions: [{ id: NAMES, critical: true }] }),
    faulty: leaf('no subject and names that are not', { subject: '', sans }),
  },
]

const twins = faults.flatMap(({ check, reason, sound, faulty, finds = malformed.finds }): Twin[] => {
  const fails = { ...faulty, as: `${faulty.as}, at rfc5280`, grade: 'rfc5280', finds } as const
  return [
    { check, reason, passes: { ...sound, as: `${sound.as}, at rfc5280`, grade: 'rfc5280' }, fails },
    { check, reason: `${reason}; webpki does not ask`, passes: { ...faulty, as: `${faulty.as}, at webpki` }, fails },
  ]
})

export const formCases: readonly Twin[] = [
  ...twins,
  // Two forms that OpenSSL itself refuses, so no grade lets them pass.
  {
    check: 'path-length-place',
    reason: 'only an authority can limit what is below it',
    passes: {
      ...leaf('an issuer that limits its path', {}),
      ...behind(await authority({ pathLength: 0 }), 'an issuer that limits its path'),
      grade: 'rfc5280',
    },
    fails: { ...leaf('a leaf that limits a path', { pathLength: 0 }), grade: 'rfc5280', ...malformed },
  },
  {
    check: 'extensions-version',
    reason: 'extensions came with version 3',
    passes: { ...leaf('extensions in version 3', {}), grade: 'rfc5280' },
    fails: {
      ...leaf('extensions in version 2', { version: 2 }),
      grade: 'rfc5280',
      finds: ['malformed-certificate', 'wrong-purpose'],
    },
  },
]
