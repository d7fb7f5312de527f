/** Lays out the extensions of a throw-away certificate, and then whatever a test wants otherwise. */
import crypto from 'node:crypto'
import net from 'node:net'
import * as asn1js from 'asn1js'
import * as pkijs from 'pkijs'
import type {
  CertificateWish,
  ConstraintWish,
  ExtensionWish,
  ExtKeyUsageName,
  SubjectNames,
} from './certificate-wish.ts'
import { bytesOfIp } from './ip-bytes.ts'
import { arrayBufferOf, generalNames } from './make-names.ts'

const extKeyUsages = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
  any: '2.5.29.37.0',
} as const satisfies Record<ExtKeyUsageName, string>

/** Makes the extensions a wish asks for. */
export function makeExtensions(
  wish: CertificateWish,
  own: pkijs.Certificate,
  issuer: pkijs.Certificate,
): pkijs.Extension[] {
  return (wish.extensions ?? []).reduce(change, usualExtensions(wish, own, issuer))
}

function change(extensions: pkijs.Extension[], { id, critical, value, times = 1 }: ExtensionWish): pkijs.Extension[] {
  const usual = extensions.find(({ extnID }) => extnID === id)
  const changed = new pkijs.Extension({
    extnID: id,
    critical: critical ?? usual?.critical ?? false,
    extnValue: value ? arrayBufferOf(value) : (usual?.extnValue.valueBlock.valueHex ?? new ArrayBuffer(0)),
  })
  return [...extensions.filter((each) => each !== usual), ...Array<pkijs.Extension>(times).fill(changed)]
}

function usualExtensions(wish: CertificateWish, own: pkijs.Certificate, issuer: pkijs.Certificate): pkijs.Extension[] {
  const purposes = wish.extKeyUsage ?? (wish.ca ? [] : ['serverAuth', 'clientAuth'])
  const constraints = new pkijs.BasicConstraints(
    wish.pathLength === undefined
      ? { cA: wish.ca === true }
      : { cA: wish.ca === true, pathLenConstraint: wish.pathLength },
  )
  const extensions = [
    extension('2.5.29.19', true, constraints.toSchema()),
    extension('2.5.29.15', true, keyUsage(wish.ca === true)),
  ]
  if (purposes.length > 0) {
    const keyPurposes = purposes.map((purpose) => extKeyUsages[purpose])
    extensions.push(extension('2.5.29.37', false, new pkijs.ExtKeyUsage({ keyPurposes }).toSchema()))
  }
  const names = wish.sans ? generalNames(wish.sans) : []
  if (names.length > 0) {
    extensions.push(extension('2.5.29.17', false, new pkijs.GeneralNames({ names }).toSchema()))
  }
  if (wish.issuerUrl !== undefined) extensions.push(issuerAccess(wish.issuerUrl))
  if (wish.nameConstraints !== undefined) extensions.push(nameConstraints(wish.nameConstraints))
  if (wish.keyIdentifiers !== false) {
    const authority = new pkijs.AuthorityKeyIdentifier({
      keyIdentifier: new asn1js.OctetString({ valueHex: keyIdentifier(issuer) }),
    })
    extensions.push(
      extension('2.5.29.14', false, new asn1js.OctetString({ valueHex: keyIdentifier(own) })),
      extension('2.5.29.35', false, authority.toSchema()),
    )
  }
  return extensions
}

function extension(
  extnID: string,
  critical: boolean,
  value: { toBER(sizeOnly?: boolean): ArrayBuffer },
): pkijs.Extension {
  return new pkijs.Extension({ extnID, critical, extnValue: value.toBER(false) })
}

/** Certificate and CRL signing for a CA; signature and key encipherment for a leaf. */
function keyUsage(ca: boolean): asn1js.BitString {
  const [bits, unusedBits] = ca ? [0b0000_0110, 1] : [0b1010_0000, 5]
  return new asn1js.BitString({ valueHex: arrayBufferOf(Buffer.from([bits])), unusedBits })
}

function issuerAccess(url: string): pkijs.Extension {
  const description = new pkijs.AccessDescription({
    accessMethod: '1.3.6.1.5.5.7.48.2',
    accessLocation: new pkijs.GeneralName({ type: 6, value: url }),
  })
  return extension('1.3.6.1.5.5.7.1.1', false, new pkijs.InfoAccess({ accessDescriptions: [description] }).toSchema())
}

function nameConstraints({ permitted, excluded }: ConstraintWish): pkijs.Extension {
  const constraints = new pkijs.NameConstraints({
    ...(permitted ? { permittedSubtrees: subtrees(permitted) } : {}),
    ...(excluded ? { excludedSubtrees: subtrees(excluded) } : {}),
  })
  return extension('2.5.29.30', true, constraints.toSchema())
}

function subtrees(bases: readonly string[] | SubjectNames): pkijs.GeneralSubtree[] {
  const names: SubjectNames = Array.isArray(bases) ? { dns: bases as readonly string[] } : (bases as SubjectNames)
  return generalNames(names, bytesOfRange).map((base) => new pkijs.GeneralSubtree({ base }))
}

/** An address and its mask. */
function bytesOfRange(text: string): Buffer {
  const [address = '', length = '0'] = text.split('/')
  const bits = Number(length)
  const mask = Array.from({ length: net.isIPv4(address) ? 4 : 16 }, (_, index) => {
    const ones = Math.max(0, Math.min(8, bits - index * 8))
    return (0xff00 >> ones) & 0xff
  })
  return Buffer.concat([bytesOfIp(address), Buffer.from(mask)])
}

function keyIdentifier(certificate: pkijs.Certificate): ArrayBuffer {
  const bits = certificate.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView
  return arrayBufferOf(crypto.createHash('sha1').update(bits).digest())
}
