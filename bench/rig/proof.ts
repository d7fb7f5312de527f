/**
 * Before anything is measured, every contender proves that it does the work: the right answer through verified TLS of
 * the suite agreed on, and no answer at all from an impostor with the right name and the wrong issuer.
 */
import { SMALL_BODY_BYTES, SUITE } from '../peers/nginx-backend.ts'
import type { Contender } from './contender.ts'
import { runCommand } from './run-command.ts'

/** What the proof asks for, by the Host of the backend and of the impostor. */
export interface ProofHosts {
  readonly good: string
  readonly impostor: string
}

/** Answers of a proxy that would not go on: refused by policy, or no usable backend. stunnel just closes. */
const REFUSALS = ['403', '502', '503', '504']

/** Proves one contender; tells what it negotiated with the backend, as the backend saw it. */
export async function proveContender(contender: Contender, hosts: ProofHosts): Promise<string> {
  const good = { port: contender.port, host: hosts.good }
  const facts = await askOnce(contender, { ...good, target: contender.requestTarget('/facts') })
  if (!facts.includes(SUITE)) throw new Error(`${contender.name} did not negotiate ${SUITE}: ${facts}`)
  const body = await askOnce(contender, { ...good, target: contender.requestTarget('/small') })
  if (body.length !== SMALL_BODY_BYTES) throw new Error(`${contender.name} answered ${body.length} bytes for /small`)
  const target = contender.impostorTarget('/small')
  const forged = await ask({ port: contender.impostorPort, target, host: hosts.impostor })
  const status = forged.stdout.slice(forged.stdout.lastIndexOf('\n') + 1)
  // A status such as 400 would say nothing about verification: the question itself must not be at fault.
  if (forged.code === 0 && !REFUSALS.includes(status)) {
    throw new Error(`${contender.name} answered ${status} for an impostor: without verification it may not be compared`)
  }
  return facts
}

async function askOnce(contender: Contender, question: Question): Promise<string> {
  const { code, stdout, stderr } = await ask(question)
  const end = stdout.lastIndexOf('\n')
  if (code !== 0 || stdout.slice(end + 1) !== '200') {
    throw new Error(`${contender.name} failed ${question.target}: ${stdout}${stderr}`)
  }
  return stdout.slice(0, end)
}

interface Question {
  readonly port: number
  readonly target: string
  readonly host: string
}

function ask({ port, target, host }: Question) {
  const args = ['-sS', '--noproxy', '*', '--max-time', '10', '-w', '\n%{http_code}', '-H', `Host: ${host}`]
  // --request-target sends exactly what wrk will send, absolute-form or origin-form.
  return runCommand('curl', [...args, '--request-target', target, `http://127.0.0.1:${port}/`], { timeoutMs: 15_000 })
}
