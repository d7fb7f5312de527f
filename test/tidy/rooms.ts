/**
 * The rooms of src/ and what each may import: the source of the table in src/README.md. A change that adds an
 * arrow between rooms edits this file and the map in the same commit, and its message says so.
 */

export interface Room {
  readonly name: string
  /** One line for the map: what lives here and what it does not know. */
  readonly says: string
  readonly mayImport: readonly string[]
}

/** In order: a room stands below everything it may import. */
export const rooms: readonly Room[] = [
  { name: 'errors.ts', says: 'every error code, one table; the prefix says whose fault', mayImport: [] },
  {
    name: 'policy/',
    says: 'pure: document in, policy out; destination in, decision out; findings in, verdict out; no clock, files, sockets',
    mayImport: ['errors.ts'],
  },
  {
    name: 'certificate/',
    says: 'pure: bytes in, plain records out; also makes throw-away certificates',
    mayImport: ['errors.ts'],
  },
  {
    name: 'truststore/',
    says: 'folders of certificates become frozen trust sets with a fingerprint; missing issuers are kept; key stores are opened in a child process',
    mayImport: ['errors.ts', 'certificate/'],
  },
  {
    name: 'revocation/',
    says: 'what is known about revoked certificates: OCSP answers checked, lists, and what they mean for a path; pure but for its files',
    mayImport: ['policy/', 'certificate/'],
  },
  {
    name: 'settings/',
    says: 'flags over environment over file over defaults: one frozen document; the snapshot; the environment is read here only',
    mayImport: ['errors.ts', 'policy/', 'truststore/'],
  },
  {
    name: 'history/',
    says: 'versions, rejections and sightings: what was applied, by whom, what was refused, what backends showed; SQLite',
    mayImport: ['errors.ts'],
  },
  {
    name: 'observe/',
    says: 'names of events, the logger, the counters',
    mayImport: ['errors.ts', 'policy/', 'settings/'],
  },
  {
    name: 'wire/',
    says: 'one socket with a shared read buffer, raw handles, deadlines; knows no protocol',
    mayImport: [],
  },
  {
    name: 'handshake/',
    says: 'TLS hellos as bytes, as they pass between two others; no sockets, no policy, no keys',
    mayImport: [],
  },
  { name: 'http/', says: 'HTTP/1.1 as bytes: strict heads, framing, chunks; no sockets, no policy', mayImport: [] },
  {
    name: 'backend/',
    says: 'decision, TLS options, dial, findings, verdict, VerifiedBackend; pools; the only outgoing TLS',
    mayImport: [
      'errors.ts',
      'policy/',
      'certificate/',
      'truststore/',
      'revocation/',
      'settings/',
      'observe/',
      'wire/',
      'handshake/',
    ],
  },
  {
    name: 'incoming/',
    says: 'TLS towards callers: our certificate shown, theirs judged; the only incoming TLS of the data path',
    mayImport: ['errors.ts', 'policy/', 'certificate/', 'truststore/', 'settings/', 'wire/', 'backend/'],
  },
  {
    name: 'token/',
    says: 'tokens that lead through tunnels: made, read, marked as spent or revoked; only home of jose',
    mayImport: ['errors.ts', 'policy/', 'settings/'],
  },
  {
    name: 'jobs/',
    says: 'timed work of the control process, one file each; a job that fails runs again at its next time',
    mayImport: ['errors.ts'],
  },
  {
    name: 'tunnel/',
    says: 'two wires joined: half-close, deadlines, backpressure; no TLS, HTTP or policy',
    mayImport: ['wire/'],
  },
  {
    name: 'proxy/',
    says: 'the entrance: read a target, decide, reach the backend, relay, answer refusals, one log line',
    mayImport: ['errors.ts', 'policy/', 'settings/', 'observe/', 'wire/', 'handshake/', 'http/', 'backend/', 'tunnel/'],
  },
  {
    name: 'service/',
    says: 'the entrance for fixed forwards: take a caller, reach one of its backends, tunnel, one log line',
    mayImport: [
      'errors.ts',
      'policy/',
      'settings/',
      'observe/',
      'wire/',
      'http/',
      'backend/',
      'incoming/',
      'token/',
      'tunnel/',
      'proxy/',
    ],
  },
  {
    name: 'importer/',
    says: "pure: other products' TLS settings in, a policy of ours and a report on every line out",
    mayImport: ['errors.ts', 'policy/'],
  },
  {
    name: 'backup/',
    says: 'one file of what an instance was told: policy, versions, trust stores; made, read again strictly, compared; nothing secret in it',
    mayImport: ['errors.ts', 'policy/', 'truststore/', 'settings/', 'history/', 'observe/'],
  },
  {
    name: 'admin/',
    says: 'the admin API: contract, routes, who may what; asks the instance through an interface of its own',
    mayImport: ['errors.ts', 'policy/', 'truststore/', 'settings/', 'history/', 'observe/', 'backup/'],
  },
  {
    name: 'processes/',
    says: '`supervisor/`, `control/` and `worker/`, a folder for each role, and what they tell each other; the one composition root',
    mayImport: [
      'errors.ts',
      'policy/',
      'certificate/',
      'truststore/',
      'revocation/',
      'settings/',
      'history/',
      'observe/',
      'wire/',
      'backend/',
      'incoming/',
      'token/',
      'jobs/',
      'proxy/',
      'service/',
      'admin/',
    ],
  },
  {
    name: 'demo/',
    says: 'throw-away backends with named faults, and the check that the product judges each as it should',
    mayImport: ['errors.ts', 'policy/', 'certificate/'],
  },
  {
    name: 'cli/',
    says: 'the command line, one file per command; everything heavy is imported by the command that needs it',
    mayImport: [
      'errors.ts',
      'policy/',
      'certificate/',
      'truststore/',
      'settings/',
      'history/',
      'wire/',
      'backend/',
      'incoming/',
      'token/',
      'importer/',
      'backup/',
      'admin/',
      'processes/',
      'demo/',
    ],
  },
  {
    name: 'page/',
    says: 'the System Manager: a thin client of the admin API, built by Vite; in the browser, not in our processes; of the policy it takes the remedies alone',
    mayImport: ['policy/', 'admin/'],
  },
  {
    name: 'main.ts',
    says: 'the only module with side effects on import: hands argv to cli/, a role to processes/',
    mayImport: ['cli/', 'processes/'],
  },
]

/** Where each library lives; a library that is not here may not be imported at all. */
export const homes: Readonly<Record<string, readonly string[]>> = {
  ws: ['service/'],
  zod: ['policy/', 'settings/', 'admin/', 'backup/'],
  yaml: ['policy/'],
  pkijs: ['certificate/'],
  asn1js: ['certificate/'],
  jose: ['token/'],
  'node:sqlite': ['history/'],
  'node-cron': ['jobs/'],
  pino: ['observe/'],
  'prom-client': ['observe/'],
  commander: ['cli/'],
  express: ['admin/'],
  'express-rate-limit': ['admin/'],
  helmet: ['admin/'],
  react: ['page/'],
  'react-dom': ['page/'],
  'react-aria-components': ['page/'],
  '@tanstack/react-query': ['page/'],
  uplot: ['page/'],
  marked: ['page/'],
  vite: ['page/'],
  '@vitejs/plugin-react': ['page/'],
  // Servers of our own: the health endpoints, the demo's plain HTTP answers; and fetching what a certificate points to
  // (backend/fetch-bounded.ts). The data path frames HTTP itself.
  'node:http': ['observe/', 'backend/', 'demo/', 'admin/'],
  'node:https': ['admin/'],
  // In policy/ for one list: which suites there are.
  'node:tls': ['policy/', 'truststore/', 'backend/', 'incoming/', 'demo/'],
  'node:dns': ['backend/'],
  'node:v8': ['processes/'],
  'node:vm': ['processes/'],
  'node:child_process': ['truststore/', 'revocation/', 'processes/', 'demo/'],
}

/** Libraries of Node that are harmless anywhere. */
export const everywhere: readonly string[] = [
  'node:buffer',
  'node:crypto',
  'node:events',
  'node:fs',
  'node:fs/promises',
  'node:module',
  'node:net',
  'node:os',
  'node:path',
  'node:perf_hooks',
  'node:readline',
  'node:stream',
  'node:timers',
  'node:timers/promises',
  'node:url',
  'node:util',
]

/** Files allowed to be longer than they should be, each with its reason. This list only shrinks. */
export const longFiles: Readonly<Record<string, string>> = {}

/** Functions (`path name`) allowed to be longer than they should be, each with its reason. This list only shrinks. */
export const longFunctions: Readonly<Record<string, string>> = {}

/** The table of rooms as src/README.md must show it. */
export function mapTable(): string {
  const rows = rooms.map(({ name, says, mayImport }) => {
    const below = mayImport.length === 0 ? 'nothing' : mayImport.map((room) => room.replace(/\/$/, '')).join(', ')
    return `| \`${name}\` | ${says} | ${below} |`
  })
  return ['| room | what lives here | may import |', '|---|---|---|', ...rows].join('\n')
}
