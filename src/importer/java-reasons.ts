import type { Result } from './report.ts'
import { namelessChain } from './verification.ts'

/** Says what becomes of a property that no policy can hold; undefined for one that may be taken, or is not known. */
export function javaReason(key: string, value: string): { result: Result; says: string } | undefined {
  const isOn = value === '' || value.toLowerCase() === 'true'
  if (key === 'sun.security.ssl.allowUnsafeRenegotiation' && isOn) {
    return { result: 'dangerous', says: 'renegotiation without RFC 5746 lets others put words in front; left out' }
  }
  if (key === 'jdk.internal.httpclient.disableHostnameVerification' && value.toLowerCase() !== 'false') {
    return { result: 'dangerous', says: namelessChain }
  }
  if (key.startsWith('jdk.tls.server.'))
    return { result: 'ignored', says: 'is for the callers of Java, not for what leaves' }
  if (/^javax\.net\.ssl\.trustStore(Type|Password|Provider)$/.test(key)) {
    return {
      result: 'ignored',
      says: 'the key store is copied as it is; docs/trust-stores.md says where its password goes',
    }
  }
  if (/^(jdk\.certpath|jdk\.jar|jdk\.security)\./.test(key)) {
    return { result: 'ignored', says: 'keys and signatures are held to the security level of the runtime' }
  }
  return undefined
}
