/** Short ways to write a policy in a test: only its `spec`, and only what the test is about. */
import assert from 'node:assert/strict'
import { SidecarError } from '../../src/errors.ts'
import { type ParsedPolicy, type ParseOptions, parsePolicy } from '../../src/policy/document/parse-policy.ts'
import { formatProblem, type Problem } from '../../src/policy/document/problem.ts'
import type { Policy } from '../../src/policy/policy.ts'

/** Makes a whole document of a spec, which is indented by two. */
export function policyText(spec: string): string {
  const head = 'apiVersion: vedette/v1\nkind: OutgoingTlsPolicy\nmetadata: { name: test }\nspec:\n'
  const body = spec.trim() === '' ? '  {}' : spec.replace(/^/gm, '  ')
  return `${head}${body}\n`
}

/** Parses a spec that must be good. */
export function parse(spec: string, options: Partial<ParseOptions> = {}): ParsedPolicy {
  return parsePolicy(policyText(spec), { file: 'p.yaml', ...options })
}

/** The policy of a spec that must be good. */
export function policyOf(spec: string): Policy {
  return parse(spec).policy
}

/** The problems of a spec, as lines: errors of a bad one, warnings of a good one. */
export function problemsOf(spec: string, options: Partial<ParseOptions> = {}): string[] {
  return problemsOfText(policyText(spec), options).map(formatProblem)
}

/**
 * Takes the marks `▸` out of a spec and gives each problem the place of its mark, in order: a test shows where the
 * reader is sent instead of counting columns. Two problems at one place have two marks.
 */
export function marked(spec: string, problems: readonly string[]): { spec: string; lines: string[] } {
  const places = policyText(spec)
    .split('\n')
    .flatMap((line, row) => [...line.matchAll(/▸/g)].map(({ index }, nth) => `p.yaml:${row + 1}:${index + 1 - nth}`))
  return { spec: spec.replaceAll('▸', ''), lines: problems.map((problem, nth) => `${places[nth]} ${problem}`) }
}

/** The problems of a whole document. */
export function problemsOfText(text: string, options: Partial<ParseOptions> = {}): readonly Problem[] {
  try {
    const { warnings } = parsePolicy(text, { file: 'p.yaml', ...options })
    assert.ok(
      warnings.every(({ severity }) => severity === 'warning'),
      'a policy with errors was let through',
    )
    return warnings
  } catch (error) {
    if (!(error instanceof SidecarError) || error.code !== 'OPERATOR_BAD_DOCUMENT') throw error
    return error.details.problems as readonly Problem[]
  }
}
