import { pageQuery } from '../schemas/parts.ts'
import * as policy from '../schemas/policy.ts'
import * as trust from '../schemas/trust.ts'
import type { Route } from './route.ts'

const area = 'policy'

/** The policy, what it names, and how it changes. */
export const policyRoutes = {
  policy: {
    ...{ method: 'GET', path: '/policy', area, least: 'viewer', status: 200 },
    says: 'Gives the version in force; its ETag goes into If-Match of a change.',
    answer: policy.policy,
  },
  checkPolicy: {
    ...{ method: 'POST', path: '/policy/check', area, least: 'viewer', status: 200 },
    says: 'Says everything that is wrong with a text, and how it differs; changes nothing.',
    body: policy.checkRequest,
    answer: policy.check,
  },
  editPolicy: {
    ...{ method: 'POST', path: '/policy/edit', area, least: 'viewer', status: 200 },
    says: 'Changes values of a text and keeps its comments; changes nothing in force.',
    body: policy.editRequest,
    answer: policy.edited,
  },
  applyPolicy: {
    ...{ method: 'PUT', path: '/policy', area, least: 'operator', status: 202, precondition: true },
    says: 'Brings a text into force. Followed as an operation, or awaited with Prefer: wait=SECONDS.',
    body: policy.applyRequest,
    answer: policy.operation,
  },
  rehearsePolicy: {
    ...{ method: 'POST', path: '/policy/rehearse', area, least: 'operator', status: 202 },
    says: 'Tries a text against every backend known.',
    body: policy.rehearseRequest,
    answer: policy.operation,
  },
  confirmPolicy: {
    ...{ method: 'POST', path: '/policy/confirm', area, least: 'operator', status: 200 },
    says: 'Keeps the version that waits for its confirmation.',
    answer: policy.confirmed,
  },
  rollBackPolicy: {
    ...{ method: 'POST', path: '/policy/rollback', area, least: 'operator', status: 202, precondition: true },
    says: 'Brings an earlier version into force again, as a new one.',
    body: policy.rollbackRequest,
    answer: policy.operation,
  },
  reload: {
    ...{ method: 'POST', path: '/policy/reload', area, least: 'operator', status: 202 },
    says: 'Reads settings, policy file, trust stores and key pairs again.',
    answer: policy.operation,
  },
  restart: {
    ...{ method: 'POST', path: '/restart', area: 'instance', least: 'admin', status: 202 },
    says: 'Starts fresh workers under what the disk says, and lets the old ones drain; no request is lost.',
    answer: policy.operation,
  },
  operation: {
    ...{ method: 'GET', path: '/operations/{id}', area, least: 'viewer', status: 200 },
    says: 'Follows an operation.',
    answer: policy.operation,
  },
  versions: {
    ...{ method: 'GET', path: '/versions', area, least: 'viewer', status: 200 },
    says: 'Lists versions, newest first.',
    query: pageQuery,
    answer: policy.versionPage,
  },
  rejections: {
    ...{ method: 'GET', path: '/rejections', area, least: 'viewer', status: 200 },
    says: 'Lists candidates that were rejected, newest first, each with what was wrong; the newest thousand are kept.',
    query: pageQuery,
    answer: policy.rejectionPage,
  },
  version: {
    ...{ method: 'GET', path: '/versions/{number}', area, least: 'viewer', status: 200 },
    says: 'Gives one version with its text.',
    answer: policy.version,
  },
  diffVersions: {
    ...{ method: 'GET', path: '/versions/{number}/diff', area, least: 'viewer', status: 200 },
    says: 'Says how a version differs from the one given as `against`.',
    query: policy.diffQuery,
    answer: policy.versionDiff,
  },
  catalogue: {
    ...{ method: 'GET', path: '/catalogue', area, least: 'viewer', status: 200 },
    says: 'Lists protocols, suites, groups and default sets with what is good and bad about them.',
    answer: policy.catalogue,
  },
  policySchema: {
    ...{ method: 'GET', path: '/schemas/policy', area, least: 'viewer', status: 200 },
    says: 'Gives the JSON Schema of the policy document.',
    answer: 'json',
  },
  exceptions: {
    ...{ method: 'GET', path: '/exceptions', area, least: 'viewer', status: 200 },
    says: 'Lists the exceptions of the policy in force.',
    answer: policy.exceptions,
  },
  addException: {
    ...{ method: 'POST', path: '/exceptions', area, least: 'operator', status: 202, precondition: true },
    says: 'Adds an exception to the policy, as a new version.',
    body: policy.newException,
    answer: policy.operation,
  },
  removeException: {
    ...{ method: 'DELETE', path: '/exceptions/{index}', area, least: 'operator', status: 202, precondition: true },
    says: 'Takes an exception out of the policy, as a new version.',
    answer: policy.operation,
  },
  trustStores: {
    ...{ method: 'GET', path: '/truststores', area: 'trust', least: 'viewer', status: 200 },
    says: 'Lists trust stores and which rules trust them.',
    answer: trust.stores,
  },
  trustStore: {
    ...{ method: 'GET', path: '/truststores/{store}', area: 'trust', least: 'viewer', status: 200 },
    says: 'Gives one trust store with its certificates.',
    answer: trust.storeDetail,
  },
  exportTrustStore: {
    ...{ method: 'GET', path: '/truststores/{store}/export', area: 'trust', least: 'viewer', status: 200 },
    says: 'Gives the certificates of a store as PEM.',
    answer: 'text',
  },
  uploadCertificates: {
    ...{ method: 'POST', path: '/truststores/{store}/uploads', area: 'trust', least: 'operator', status: 201 },
    says: 'Takes a file (PEM, DER, PKCS#7, PKCS#12, JKS, JCEKS) and shows what it holds; trusts nothing yet.',
    body: 'bytes',
    answer: trust.upload,
  },
  commitUpload: {
    ...{ method: 'POST', path: '/truststores/{store}/uploads/{digest}', area: 'trust', least: 'operator', status: 202 },
    says: 'Trusts certificates of an upload: those that are named.',
    body: trust.commitRequest,
    answer: policy.operation,
  },
  removeCertificate: {
    ...{ method: 'DELETE', path: '/truststores/{store}/certificates/{sha256}', area: 'trust', status: 202 },
    least: 'operator',
    says: 'Trusts a certificate no longer; the last one of a store cannot be taken out.',
    answer: policy.operation,
  },
} as const satisfies Record<string, Route>
