/**
 * One file of a trust store to certificates. A trust store says whom to believe, so nothing in it is skipped in
 * silence: a file that holds anything but certificates is refused, by name and with what was found in it. PEM and DER
 * are read here, where OpenSSL does the work; everything else in a child process.
 */
import crypto from 'node:crypto'
import type { Container } from '../certificate/parse-container.ts'
import { isPrivateKey, type PemBlock, parsePem } from '../certificate/parse-pem.ts'
import { recogniseFormat } from '../certificate/recognise-format.ts'
import { asSidecarError } from '../errors.ts'
import { badFile } from './bad-file.ts'
import { parseInChild } from './parse-in-child.ts'

const PEM_LABELS = ['CERTIFICATE', 'X509 CERTIFICATE']
const PKCS7_LABELS = ['PKCS7', 'CMS', 'PKCS #7 SIGNED DATA']
const NOTHING = 'holds no certificate: PEM, DER, PKCS#7, PKCS#12, JKS or JCEKS is expected'

/** Reads certificates of any format; throws OPERATOR_BAD_TRUST_STORE naming the file and what is wrong with it. */
export async function readCertificates(
  file: string,
  bytes: Buffer,
  password: () => Promise<string | undefined> = async () => undefined,
): Promise<crypto.X509Certificate[]> {
  const format = recogniseFormat(bytes)
  switch (format) {
    case 'pem':
      return readPem(file, bytes.toString('utf8'))
    case 'der':
      return [readDer(file, bytes, '')]
    case 'pkcs7':
      return readContainer(file, { format, bytes, password: undefined }, '')
    case 'pkcs12':
    case 'jks':
    case 'jceks':
      return readContainer(file, { format, bytes, password: await password() }, '')
    case 'bks':
      throw badFile(file, 'is a Bouncy Castle key store (BKS); export its certificates as PEM')
    case 'unknown':
      throw badFile(file, NOTHING)
  }
}

async function readPem(file: string, text: string): Promise<crypto.X509Certificate[]> {
  const { blocks, problems } = parsePem(text)
  const problem = problems[0]
  if (problem) throw badFile(file, `line ${problem.line}: ${problem.message}`)
  for (const block of blocks) refuseOther(file, block)
  if (blocks.length === 0) throw badFile(file, NOTHING)
  const found: crypto.X509Certificate[] = []
  for (const { label, der, line } of blocks) {
    const place = `line ${line}: `
    if (!PKCS7_LABELS.includes(label)) found.push(readDer(file, der, place))
    else found.push(...(await readContainer(file, { format: 'pkcs7', bytes: der, password: undefined }, place)))
  }
  return found
}

function refuseOther(file: string, block: PemBlock): void {
  if (PEM_LABELS.includes(block.label) || PKCS7_LABELS.includes(block.label)) return
  const place = `line ${block.line}`
  if (isPrivateKey(block)) throw badFile(file, `${place} ${PRIVATE_KEY}`)
  if (block.label === 'TRUSTED CERTIFICATE') {
    // What such a block adds are restrictions; dropping them would trust more than the operator wrote.
    throw badFile(
      file,
      `${place} is an OpenSSL TRUSTED CERTIFICATE: its restrictions cannot be kept, export it as plain`,
    )
  }
  throw badFile(file, `${place} holds a ${block.label}: only certificates belong here`)
}

const PRIVATE_KEY = 'holds a private key: it must not lie in a trust store, remove it'

async function readContainer(file: string, container: Container, place: string): Promise<crypto.X509Certificate[]> {
  try {
    const found = await parseInChild(container)
    return found.map((der, index) => readDer(file, der, `${place}certificate ${index + 1} of ${found.length}: `))
  } catch (thrown) {
    const error = asSidecarError(thrown)
    // What readDer says names the file already, and a fault of ours is not the file's.
    if (error.code !== 'OPERATOR_BAD_TRUST_STORE' || error.details.file !== undefined) throw error
    throw badFile(file, `${place}${error.message}`, error)
  }
}

function readDer(file: string, der: Buffer, place: string): crypto.X509Certificate {
  let certificate: crypto.X509Certificate
  try {
    certificate = new crypto.X509Certificate(der)
  } catch (cause) {
    if (isDerKey(der)) throw badFile(file, `${place}${PRIVATE_KEY}`)
    throw badFile(file, `${place}this is not a certificate that OpenSSL can read`, cause)
  }
  // OpenSSL reads the first certificate and leaves what follows; two files joined as DER would lose the second.
  if (certificate.raw.length !== der.length) throw badFile(file, `${place}bytes follow the certificate`)
  return certificate
}

function isDerKey(key: Buffer): boolean {
  return (['pkcs8', 'pkcs1', 'sec1'] as const).some((type) => {
    try {
      return crypto.createPrivateKey({ key, format: 'der', type }) !== undefined
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE'
    }
  })
}
