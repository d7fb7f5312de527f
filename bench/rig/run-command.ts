import { spawn } from 'node:child_process'

/** What a command that ran to its end left behind. */
export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command to its end within a time limit; a code other than 0 is the caller's to judge. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { timeoutMs: number; env?: NodeJS.ProcessEnv; cwd?: string },
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text
    })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === null) reject(new Error(`${command} was ended by ${signal} (time limit ${options.timeoutMs} ms)`))
      else resolve({ code, stdout, stderr })
    })
  })
}

/** Runs a command that must succeed, and gives its standard output. */
export async function mustRun(command: string, args: readonly string[], timeoutMs = 30_000): Promise<string> {
  const result = await runCommand(command, args, { timeoutMs })
  if (result.code !== 0) throw new Error(`${command} ${args.join(' ')} failed (${result.code}):\n${result.stderr}`)
  return result.stdout
}
