/** Dates, trust, anchors that are no roots, forks on the way up, and sizes. */
import { type CertificateWish, type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { authority, behind, middle, root, type Shown, sans, stranger, type Twin } from './twin.ts'

const day = (offset: number) => new Date(Date.now() + offset * 86_400_000)
const past = { notBefore: day(-30), notAfter: day(-1) }
const future = { notBefore: day(1), notAfter: day(30) }
const untrusted = { finds: ['untrusted-issuer'] } as const

const leaf = (as: string, wish: Partial<CertificateWish>): Shown => ({ as, leaf: wish })
const own = await makeCertificate({ subject: 'own', issuer: middle, sans })
const renewed = await makeCertificate({ subject: 'own', issuer: middle, sans })
const self = await makeCertificate({ subject: 'self', sans })
const oldRoot = await makeCertificate({ subject: 'Old Root', ca: true, ...past })
const oldMiddle = await makeCertificate({ subject: 'Middle', ca: true, issuer: root, privateKey: middle.key, ...past })
const rootByStranger = await makeCertificate({ subject: 'Root', ca: true, issuer: stranger, privateKey: root.key })
const strangerByRoot = await makeCertificate({ subject: 'Stranger', ca: true, issuer: root, privateKey: stranger.key })
const middleByStranger = await makeCertificate({
  subject: 'Middle',
  ca: true,
  issuer: stranger,
  privateKey: middle.key,
})
const signer = await makeCertificate({ subject: 'signer', sans })

const ladder: MadeCertificate[] = [root]
for (let rung = 1; rung < 11; rung += 1) {
  ladder.unshift(await makeCertificate({ subject: `Rung ${rung}`, ca: true, issuer: ladder[0] }))
}
const onLadder = (as: string, size: number): Shown => {
  const sent = ladder.slice(-(size - 1), -1)
  return { as, leaf: { issuer: sent[0] as MadeCertificate }, sent }
}
const crowd = await Promise.all(
  Array.from({ length: 32 }, (_, index) => makeCertificate({ subject: `C${index}`, ca: true, privateKey: root.key })),
)
const names = (count: number) => ['good.test', ...Array.from({ length: count - 1 }, (_, index) => `${index}.t`)]
const bases = (count: number) => Array.from({ length: count }, (_, index) => `${index}.t`)

export const pathCases: readonly Twin[] = [
  {
    check: 'not-after',
    reason: 'an end is an end',
    passes: leaf('an end tomorrow', { notAfter: day(1) }),
    fails: { ...leaf('an end yesterday', past), finds: ['expired'] },
  },
  {
    check: 'not-after',
    reason: 'also for an intermediate, unless a renewed one is there',
    passes: { as: 'an expired intermediate and its renewal', leaf: { issuer: middle }, sent: [oldMiddle, middle] },
    fails: { as: 'an expired intermediate alone', leaf: { issuer: middle }, sent: [oldMiddle], finds: ['expired'] },
  },
  {
    check: 'not-after',
    reason: 'also for an anchor',
    passes: { ...leaf('an expired anchor beside a sound one', {}), trusted: [root, oldRoot] },
    fails: { ...leaf('an expired anchor', { issuer: oldRoot }), trusted: [oldRoot], finds: ['expired'] },
  },
  {
    check: 'not-before',
    reason: 'a begin is a begin',
    passes: leaf('a begin yesterday', { notBefore: day(-1) }),
    fails: { ...leaf('a begin tomorrow', future), finds: ['not-yet-valid'] },
  },
  {
    check: 'not-before',
    reason: 'also for an intermediate',
    passes: behind(await authority({ notBefore: day(-1) }), 'a young intermediate'),
    fails: { ...behind(await authority(future), 'an intermediate of tomorrow'), finds: ['not-yet-valid'] },
  },
  {
    check: 'trust',
    reason: 'somebody in the store must vouch',
    passes: leaf('a trusted root', {}),
    fails: { ...leaf('a root nobody trusts', { issuer: stranger }), sent: [stranger], ...untrusted },
  },
  {
    check: 'trust',
    reason: 'a self-signed certificate is trusted when it is that very one',
    passes: { as: 'a self-signed certificate in the store', made: self, trusted: [self] },
    fails: { as: 'a self-signed certificate that is not', made: self, finds: ['self-signed'] },
  },
  {
    check: 'trust',
    reason: 'an intermediate as anchor vouches for what it signed and nothing else of its root',
    passes: { as: 'its intermediate in the store', made: own, trusted: [middle] },
    fails: { ...leaf('another intermediate of that root', {}), trusted: [middle], ...untrusted },
  },
  {
    check: 'trust',
    reason: 'an intermediate as anchor needs neither its root nor that it is valid',
    passes: {
      as: 'an intermediate in the store whose root has expired',
      leaf: { issuer: await makeCertificate({ subject: 'Kept', ca: true, issuer: oldRoot, privateKey: middle.key }) },
      trusted: [await makeCertificate({ subject: 'Kept', ca: true, issuer: oldRoot, privateKey: middle.key })],
    },
    fails: {
      as: 'an intermediate that is sent and whose root is unknown',
      leaf: { issuer: middle },
      sent: [middle],
      trusted: [stranger],
      ...untrusted,
    },
  },
  {
    check: 'trust',
    reason: 'a leaf as anchor vouches for itself, not for its renewal',
    passes: { as: 'its own certificate in the store', made: own, trusted: [own] },
    fails: { as: 'its former certificate in the store', made: renewed, trusted: [own], ...untrusted },
  },
  {
    check: 'trust',
    reason: 'a leaf as anchor cannot vouch for others',
    passes: { as: 'a leaf in the store that it shows', made: signer, trusted: [signer] },
    fails: {
      ...leaf('a leaf in the store that signed it', { issuer: signer }),
      trusted: [signer],
      isOpenssls: true,
      finds: ['untrusted-issuer', 'wrong-purpose'],
    },
  },
  {
    check: 'trust',
    reason: 'order and company of what is sent mean nothing',
    passes: {
      as: 'a chain in the wrong order with strangers in it',
      leaf: { issuer: ladder[8] as MadeCertificate },
      sent: [stranger, root, ladder[9] as MadeCertificate, ladder[8] as MadeCertificate, root],
    },
    fails: {
      as: 'a gap in the chain',
      leaf: { issuer: ladder[8] as MadeCertificate },
      sent: [ladder[8] as MadeCertificate],
      ...untrusted,
    },
  },
  {
    check: 'trust',
    reason: 'who can be fetched should have been sent',
    passes: {
      as: 'an issuer that can be fetched and was sent',
      leaf: { issuer: middle, issuerUrl: 'http://ca.test/m.cer' },
      sent: [middle],
    },
    fails: {
      as: 'an issuer that can be fetched and was not sent',
      leaf: { issuer: middle, issuerUrl: 'http://ca.test/m.cer' },
      finds: ['incomplete-chain'],
    },
  },
  {
    check: 'trust',
    reason: 'a root that another root has signed is trusted as itself',
    passes: {
      as: 'a cross-signed root and the older root in the store',
      leaf: {},
      sent: [rootByStranger],
      trusted: [stranger],
    },
    fails: {
      as: 'a cross-signed root and neither in the store',
      leaf: {},
      sent: [rootByStranger],
      trusted: [self],
      ...untrusted,
    },
  },
  {
    check: 'trust',
    reason: 'whichever of the two is in the store',
    passes: {
      as: 'a cross-signed root and the newer root in the store',
      leaf: {},
      sent: [rootByStranger],
      trusted: [root],
    },
    fails: {
      as: 'roots that signed each other and none in the store',
      leaf: {},
      sent: [rootByStranger, strangerByRoot],
      trusted: [self],
      ...untrusted,
    },
  },
  {
    check: 'trust',
    reason: 'OpenSSL takes the first of two intermediates and does not come back, unless it is an anchor itself',
    passes: {
      as: 'a dead end first and the fork in the store',
      leaf: { issuer: middle },
      sent: [middleByStranger, middle],
      trusted: [root, middle],
    },
    fails: { as: 'a dead end first', leaf: { issuer: middle }, sent: [middleByStranger, middle], ...untrusted },
  },
  {
    check: 'path-size',
    reason: 'no honest chain is so long',
    passes: onLadder('a path of ten', 10),
    fails: { ...onLadder('a path of eleven', 11), finds: ['oversized-chain'] },
  },
  {
    check: 'presented-size',
    reason: 'nor is so much sent',
    passes: { as: '32 certificates sent', leaf: {}, sent: crowd.slice(0, 31) },
    fails: { as: '33 certificates sent', leaf: {}, sent: crowd, finds: ['oversized-chain'] },
  },
  {
    check: 'names-size',
    reason: 'nor does anybody serve so many hosts with one certificate',
    passes: leaf('2000 names', { sans: { dns: names(2000) } }),
    fails: { ...leaf('2001 names', { sans: { dns: names(2001) } }), finds: ['oversized-chain'] },
  },
  {
    check: 'constraints-size',
    reason: 'nor constrains so much',
    passes: behind(await authority({ nameConstraints: { excluded: bases(1000) } }), '1000 constraints'),
    fails: {
      ...behind(await authority({ nameConstraints: { excluded: bases(1001) } }), '1001 constraints'),
      finds: ['oversized-chain'],
    },
  },
]
