import * as access from '../schemas/access.ts'
import { pageQuery } from '../schemas/parts.ts'
import type { Route } from './route.ts'

const area = 'access'

/** Coming in, going out, and who may. */
export const accessRoutes = {
  setupState: {
    ...{ method: 'GET', path: '/setup', area, least: 'anyone', status: 200 },
    says: 'Tells whether the first admin is still missing.',
    answer: access.setupState,
  },
  setUp: {
    ...{ method: 'POST', path: '/setup', area, least: 'anyone', status: 201 },
    says: 'Makes the first admin with the token of the one-time link, and signs them in.',
    body: access.setupRequest,
    answer: access.session,
  },
  signIn: {
    ...{ method: 'POST', path: '/session', area, least: 'anyone', status: 201 },
    says: 'Signs in: sets the session cookie.',
    body: access.signInRequest,
    answer: access.session,
  },
  session: {
    ...{ method: 'GET', path: '/session', area: 'instance', least: 'viewer', status: 200 },
    says: 'Tells who is asking.',
    answer: access.session,
  },
  signOut: {
    ...{ method: 'DELETE', path: '/session', area, least: 'viewer', status: 204 },
    says: 'Signs out: the session is over, wherever its cookie is.',
    answer: 'nothing',
  },
  changePassword: {
    ...{ method: 'PUT', path: '/session/password', area, least: 'viewer', status: 204 },
    says: 'Changes the own password; all other sessions of this user end.',
    body: access.passwordChange,
    answer: 'nothing',
  },
  sessions: {
    ...{ method: 'GET', path: '/sessions', area, least: 'viewer', status: 200 },
    says: 'Lists open sessions: the own ones, for an admin everybody’s.',
    answer: access.openSessions,
  },
  endSession: {
    ...{ method: 'DELETE', path: '/sessions/{id}', area, least: 'viewer', status: 204 },
    says: 'Ends a session: one of the own, for an admin any.',
    answer: 'nothing',
  },
  users: {
    ...{ method: 'GET', path: '/users', area, least: 'admin', status: 200 },
    says: 'Lists users.',
    answer: access.users,
  },
  addUser: {
    ...{ method: 'POST', path: '/users', area, least: 'admin', status: 201 },
    says: 'Adds a user.',
    body: access.newUser,
    answer: access.user,
  },
  changeUser: {
    ...{ method: 'PATCH', path: '/users/{name}', area, least: 'admin', status: 200 },
    says: 'Changes role, password or state of a user; their sessions end. The last admin stays one.',
    body: access.userChange,
    answer: access.user,
  },
  removeUser: {
    ...{ method: 'DELETE', path: '/users/{name}', area, least: 'admin', status: 204 },
    says: 'Removes a user, who stays in the record. The last admin cannot be removed.',
    answer: 'nothing',
  },
  keys: {
    ...{ method: 'GET', path: '/keys', area, least: 'admin', status: 200 },
    says: 'Lists API keys.',
    answer: access.apiKeys,
  },
  addKey: {
    ...{ method: 'POST', path: '/keys', area, least: 'admin', status: 201 },
    says: 'Makes an API key; its secret is in this answer and nowhere else.',
    body: access.newApiKey,
    answer: access.madeApiKey,
  },
  revokeKey: {
    ...{ method: 'DELETE', path: '/keys/{id}', area, least: 'admin', status: 204 },
    says: 'Revokes an API key at once.',
    answer: 'nothing',
  },
  audit: {
    ...{ method: 'GET', path: '/audit', area, least: 'admin', status: 200 },
    says: 'Reads the record, newest first.',
    query: pageQuery,
    answer: access.auditPage,
  },
  auditExport: {
    ...{ method: 'GET', path: '/audit/export', area, least: 'admin', status: 200 },
    says: 'Gives the whole record, oldest first, one JSON object a line.',
    answer: 'text',
  },
  auditCheck: {
    ...{ method: 'GET', path: '/audit/check', area, least: 'admin', status: 200 },
    says: 'Follows the chain of hashes through the record.',
    answer: access.auditCheck,
  },
} as const satisfies Record<string, Route>
