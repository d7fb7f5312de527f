/** What a throw-away certificate can be asked to be: sound unless a wish says otherwise. */

export interface CertificateWish {
  /** The common name; an empty one makes an empty subject. */
  readonly subject: string
  /** Who signs; left out, the certificate signs itself. */
  readonly issuer?: Pick<MadeCertificate, 'certificate' | 'key'> | undefined
  readonly sans?: SubjectNames | undefined
  readonly notBefore?: Date | undefined
  readonly notAfter?: Date | undefined
  /** May sign others: basic constraints CA with certificate signing as key usage. */
  readonly ca?: boolean | undefined
  /** How many intermediates may follow a CA. */
  readonly pathLength?: number | undefined
  readonly keyType?: 'ec' | 'rsa' | 'dsa' | undefined
  /** For RSA and DSA the modulus (2048), for EC the curve's size: 256, 384 or 521. */
  readonly keyBits?: number | undefined
  /** A private key (PEM) to certify instead of a new one, as in a renewal that keeps its pin. */
  readonly privateKey?: string | undefined
  /** A public key (DER of its SPKI) to certify that nobody needs to hold. */
  readonly publicKey?: Buffer | undefined
  /** A signature instead of a true one. */
  readonly signatureBytes?: Buffer | undefined
  readonly signatureHash?: 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512' | undefined
  /** An RSA issuer signs with PSS, which names its hash in parameters. */
  readonly pss?: boolean | undefined
  /** Server and client by default for a leaf, none for a CA; an empty list leaves the extension out. */
  readonly extKeyUsage?: readonly ExtKeyUsageName[] | undefined
  /** False leaves out the subject and authority key identifiers. */
  readonly keyIdentifiers?: boolean | undefined
  /** Where the issuer's certificate can be fetched (authority information access). */
  readonly issuerUrl?: string | undefined
  /** What a CA may vouch for, and what it must not (name constraints, critical); a text is a host name. */
  readonly nameConstraints?: ConstraintWish | undefined
  /** Version 1 has no extensions at all. */
  readonly version?: 1 | 2 | 3 | undefined
  /** Attributes of the subject beside its common name, by their object identifiers. */
  readonly attributes?: readonly (readonly [type: string, value: string])[] | undefined
  /** The bytes of the serial number, as they are. */
  readonly serial?: Buffer | undefined
  /** Laid over the extensions made otherwise, for what no tool would make. */
  readonly extensions?: readonly ExtensionWish[] | undefined
}

export interface MadeCertificate {
  /** PEM, one certificate. */
  readonly certificate: string
  /** PEM, PKCS#8, unencrypted. */
  readonly key: string
  readonly der: Buffer
  /** SHA-256 of the certificate, hex. */
  readonly sha256: string
  /** SHA-256 of the public key (SPKI), base64: what a pin names. */
  readonly spkiSha256: string
}

export interface SubjectNames {
  readonly dns?: readonly string[]
  readonly ip?: readonly string[]
  readonly uri?: readonly string[]
  readonly email?: readonly string[]
  /** Organisation names, each as a directory name. */
  readonly directory?: readonly string[]
  /** UTF-8 texts, each as an otherName of the kind that Windows uses for its logins. */
  readonly other?: readonly string[]
}

/** Subtrees by kind; a list of texts is one of host names, and an address has a prefix length (`10.0.0.0/8`). */
export interface ConstraintWish {
  readonly permitted?: readonly string[] | SubjectNames
  readonly excluded?: readonly string[] | SubjectNames
}

/** What to change about one extension. */
export interface ExtensionWish {
  readonly id: string
  readonly critical?: boolean
  /** The value instead of the one made otherwise. */
  readonly value?: Buffer
  /** 0 leaves it out, 2 says it twice. */
  readonly times?: number
}

export type ExtKeyUsageName = 'serverAuth' | 'clientAuth' | 'codeSigning' | 'ocspSigning' | 'any'
