/**
 * The admin room by itself, on port 0 of loopback, with a real history and a stand-in for the instance behind it: for
 * tests of the door, which is where most of what can go wrong goes wrong. What the stand-in was asked to change is kept.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { hashPassword } from '../../src/admin/access/password.ts'
import { AdminRoom, type AdminRoomOptions } from '../../src/admin/admin-room.ts'
import type { Instance, Wish } from '../../src/admin/instance.ts'
import { SidecarError } from '../../src/errors.ts'
import { closeHistory, type History, openHistory } from '../../src/history/open-history.ts'
import { addUser, type Role } from '../../src/history/users.ts'
import { hashText, recordVersion } from '../../src/history/versions.ts'
import { parsePolicy } from '../../src/policy/document/parse-policy.ts'
import { loadSettings } from '../../src/settings/load-settings.ts'
import type { Settings } from '../../src/settings/settings.ts'
import { AdminClient, adminPassword } from './admin-client.ts'
import { makeSnapshot } from './make-snapshot.ts'

export interface AdminWish {
  readonly admin?: Partial<Settings['admin']>
  readonly identity?: { readonly certificate: string; readonly key: string }
  readonly pageFolder?: string
  readonly limits?: AdminRoomOptions['limits']
  /** Called when the instance is asked for its status. */
  readonly statusAsked?: () => void
}

export interface TestAdmin {
  readonly url: string
  readonly history: History
  readonly room: AdminRoom
  readonly truststores: string
  readonly wishes: Wish[]
  /** What was logged, as JSON. */
  readonly logged: string[]
  /** Somebody who is signed in with this role. */
  as(role: Role): Promise<AdminClient>
  stranger(): AdminClient
  /** Every change from now on fails with this. */
  refuse(error: SidecarError | undefined): void
}

/** A policy text that is in force as version 1. */
export const policyInForce = `# who may leave
apiVersion: vedette/v1
kind: OutgoingTlsPolicy
metadata: { name: test }
spec:
  rules:
    - { name: mail, match: [mail.corp.example] } # the mail host
`

const passwordHash = hashPassword(adminPassword)

/** Starts it; it ends with the test. */
export async function startAdmin(t: Pick<TestContext, 'after'>, wish: AdminWish = {}): Promise<TestAdmin> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-admin-'))
  const truststores = path.join(folder, 'truststores')
  mkdirSync(truststores)
  const history = await openHistory(path.join(folder, 'state'))
  recordVersion(history, { text: policyInForce, author: 'ops', comment: '', source: 'file', timeMs: 1000 })
  const [wishes, logged]: [Wish[], string[]] = [[], []]
  const refusal: { error?: SidecarError } = {}
  const instance = standIn({ history, truststores, wishes, logged, refusal })
  const admin = {
    listen: { host: '127.0.0.1', port: 0 },
    identity: 'none',
    allow: ['any'],
    hosts: ['own'],
    ...wish.admin,
  }
  const { status } = instance
  const asked = () => {
    wish.statusAsked?.()
    return status()
  }
  const room = new AdminRoom({
    instance: { ...instance, status: asked },
    admin,
    identity: wish.identity,
    pageFolder: wish.pageFolder ?? path.join(folder, 'page'),
    ...(wish.limits && { limits: wish.limits }),
  })
  const { port } = await room.start()
  t.after(() => {
    room.close()
    closeHistory(history)
    rmSync(folder, { recursive: true, force: true })
  })
  const url = `${wish.identity === undefined ? 'http' : 'https'}://127.0.0.1:${port}`
  const stranger = () => new AdminClient(url)
  return {
    ...{ url, history, room, truststores, wishes, logged, stranger },
    refuse: (error) => void Object.assign(refusal, { error }),
    async as(role) {
      addUser(history, {
        name: role,
        role,
        password: await passwordHash,
        createdMs: 1,
        createdBy: 'test',
        disabled: false,
      })
      const client = stranger()
      await client.signIn(role)
      return client
    },
  }
}

interface StandIn {
  readonly history: History
  readonly truststores: string
  readonly wishes: Wish[]
  readonly logged: string[]
  readonly refusal: { readonly error?: SidecarError }
}

function standIn({ history, truststores, wishes, logged, refusal }: StandIn): Instance {
  const { policy } = parsePolicy(policyInForce, { file: 'policy' })
  const snapshot = { ...makeSnapshot({ settings: { truststores } }), policy }
  const nowhere = { host: '127.0.0.1', port: 0 }
  return {
    history,
    environment: {},
    status: () => ({
      ...{
        version: null,
        policy: { name: 'test', file: '/policy.yaml', sha256: hashText(policyInForce), writeFault: '' },
      },
      ...{ generation: 1, state: 'running', startedMs: 1, load: { callers: 0, requests: 0, tunnels: 0 } },
      ...{ listen: { proxy: [], services: [], health: nowhere, admin: nowhere }, generations: [], rejected: null },
      ...{
        alarms: [],
        restartNeeded: [],
        lastRejection: null,
        pending: null,
        exceptions: [],
        backendHealth: { checked: 0, failing: [] },
        intolerant: [],
      },
    }),
    snapshot: () => snapshot,
    settings: () => loadSettings({ environment: {}, folder: truststores }),
    async change(wish) {
      wishes.push(wish)
      if (refusal.error !== undefined) throw refusal.error
      if (wish.kind === 'candidate') {
        const { text, author, comment, source, ifVersion } = wish
        parsePolicy(text, { file: 'candidate' })
        recordVersion(history, { text, author, comment, source, timeMs: Date.now(), expectedParent: ifVersion })
      }
      return { version: 2, generation: 2, unchanged: false, warnings: [], elapsedMs: 1 }
    },
    confirm() {
      throw new SidecarError('OPERATOR_NOTHING_TO_CONFIRM', 'no version waits for a confirmation')
    },
    compose: async (text) => ({ ...snapshot, policy: parsePolicy(text, { file: 'candidate' }).policy }),
    async rehearse() {
      throw new SidecarError('INTERNAL_ERROR', 'the stand-in rehearses nothing')
    },
    probe: async () => ({ verdict: null, tls: null, address: '', ms: null }),
    async tryOut() {
      throw new SidecarError('INTERNAL_ERROR', 'the stand-in tries nobody out')
    },
    backendWatch: () => ({ named: ['mail.corp.example:443'], everyMs: () => undefined, lastCheck: () => undefined }),
    health: () => [{ name: 'workers', ok: true, detail: '', paths: ['readyz'] }],
    totals: () => ({}),
    log: (name, message, fields) => void logged.push(JSON.stringify([name, message, String(fields?.error ?? '')])),
  }
}
