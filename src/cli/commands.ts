import type { DefineCommand } from './cli.ts'

/** One command as the list of all commands knows it, before its own file is loaded. */
export interface CommandEntry {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<DefineCommand>
}

/** Every command, in the order of the help. Only the file of the command asked for is loaded. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'run',
    summary: 'run the sidecar in the foreground until a signal ends it',
    load: async () => (await import('./run.ts')).defineRun,
  },
  {
    name: 'demo',
    summary: 'run the sidecar with throw-away backends and show who is let through, and why',
    load: async () => (await import('./demo.ts')).defineDemo,
  },
  {
    name: 'check',
    summary: 'check policies, settings and the files they name; prints every error with its place',
    load: async () => (await import('./check.ts')).defineCheck,
  },
  {
    name: 'explain',
    summary: 'say what the policy decides about a destination, and why',
    load: async () => (await import('./explain.ts')).defineExplain,
  },
  {
    name: 'probe',
    summary: 'make one verifying handshake with a backend and show everything found',
    load: async () => (await import('./probe.ts')).defineProbe,
  },
  {
    name: 'verify',
    summary: 'judge a certificate chain from a file as a handshake would, now or at another time',
    load: async () => (await import('./verify.ts')).defineVerify,
  },
  {
    name: 'backends',
    summary: 'list the backends that traffic has met: verdicts, findings, how long their certificates hold, pins',
    load: async () => (await import('./backends.ts')).defineBackends,
  },
  {
    name: 'exceptions',
    summary: 'list the exceptions of the policy, how long each still holds and whether it is used',
    load: async () => (await import('./exceptions.ts')).defineExceptions,
  },
  {
    name: 'trust',
    summary: 'list, show, add to, remove from and export trust stores, whatever format they are in',
    load: async () => (await import('./trust.ts')).defineTrust,
  },
  {
    name: 'crl',
    summary: 'list the revocation lists of the running instance, or fetch them again; exits 1 when one is not good',
    load: async () => (await import('./crl.ts')).defineCrl,
  },
  {
    name: 'token',
    summary: 'issue, inspect and revoke tokens that lead through tunnels, and change their keys',
    load: async () => (await import('./token.ts')).defineToken,
  },
  {
    name: 'ciphers',
    summary:
      'list protocols, suites, groups and signature algorithms under all their names, or what a backend is offered',
    load: async () => (await import('./ciphers.ts')).defineCiphers,
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of the policy or the settings, or the OpenAPI of the admin API',
    load: async () => (await import('./schema.ts')).defineSchema,
  },
  {
    name: 'import',
    summary: 'turn the TLS settings of another product into a policy, with a report on every line',
    load: async () => (await import('./import.ts')).defineImport,
  },
  {
    name: 'rehearse',
    summary: 'try a candidate policy against every backend known; exits 10 when it would break one',
    load: async () => (await import('./rehearse.ts')).defineRehearse,
  },
  {
    name: 'apply',
    summary: 'put a policy file into force in the running instance, as a new version',
    load: async () => (await import('./apply.ts')).defineApply,
  },
  {
    name: 'confirm',
    summary: 'keep the version that waits for a confirmation',
    load: async () => (await import('./confirm.ts')).defineConfirm,
  },
  {
    name: 'backup',
    summary: 'print one file with policy, versions, trust stores and settings; no key and no user is in it',
    load: async () => (await import('./backup.ts')).defineBackup,
  },
  {
    name: 'restore',
    summary: 'show what a backup would change, and bring its policy and trust stores back',
    load: async () => (await import('./restore.ts')).defineRestore,
  },
  {
    name: 'rollback',
    summary: 'put an earlier version into force again, as a new version',
    load: async () => (await import('./rollback.ts')).defineRollback,
  },
  {
    name: 'versions',
    summary: 'list the versions that were applied',
    load: async () => (await import('./versions.ts')).defineVersions,
  },
  {
    name: 'diff',
    summary: 'compare two versions or files; exits 0 when they are the same, 1 when they differ',
    load: async () => (await import('./diff.ts')).defineDiff,
  },
  {
    name: 'status',
    summary: 'show what the running instance does and which version is in force',
    load: async () => (await import('./status.ts')).defineStatus,
  },
  {
    name: 'setup',
    summary: 'make a one-time link with which the first admin account of the System Manager is made',
    load: async () => (await import('./setup.ts')).defineSetup,
  },
  {
    name: 'doctor',
    summary: 'look at the whole instance, files and processes, and say what is well and what to do; exits 0 or 1',
    load: async () => (await import('./doctor.ts')).defineDoctor,
  },
  {
    name: 'reload',
    summary: 'read settings, policy and trust stores again; what changed comes into force without a lost request',
    load: async () => (await import('./reload.ts')).defineReload,
  },
  {
    name: 'healthcheck',
    summary: 'ask a health endpoint and exit 0 or 1, for HEALTHCHECK in a container',
    load: async () => (await import('./healthcheck.ts')).defineHealthcheck,
  },
  {
    name: 'version',
    summary: 'print the versions of Vedette, Node and OpenSSL',
    load: async () => (await import('./version.ts')).defineVersion,
  },
  {
    name: 'completion',
    summary: 'print a completion script for bash, zsh or fish',
    load: async () => (await import('./completion.ts')).defineCompletion,
  },
]
