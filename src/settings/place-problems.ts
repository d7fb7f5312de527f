/**
 * What is found out of settings after they are loaded knows the setting and no line: that two addresses are the same, or that a
 * trust store is not there. Whoever shows it to the one who wrote the file finds the line again here.
 */
import type { Path, Problem } from '../policy/document/problem.ts'
import { readYaml } from '../policy/document/read-yaml.ts'

/** Tells whether a problem is about the settings, as distinct from the policy. */
export function isOfSettings({ file }: Problem): boolean {
  return file === 'settings'
}

/** Gives problems of settings their places in the file; what the file does not say, a flag or a variable does, and stays. */
export function placeProblems(
  problems: readonly Problem[],
  { text, file }: { readonly text: string; readonly file: string },
): Problem[] {
  const { value, problemAt } = readYaml(text, file)
  return problems.map((problem) => {
    const path = stepsOf(problem.path)
    const { message, severity } = problem
    return isOfSettings(problem) && says(value, path) ? problemAt(path, message, { severity }) : problem
  })
}

/** Settings have plain keys: `services[0].tls.certificate`. */
function stepsOf(text: string): Path {
  return text.split(/[.[\]]+/).flatMap((step) => (step === '' ? [] : [/^\d+$/.test(step) ? Number(step) : step]))
}

/** Where a later part is missing, the place of what holds it is the best there is. */
function says(value: unknown, path: Path): boolean {
  const [first, second] = path
  const inner = (value as Record<string, unknown> | undefined)?.[first ?? '']
  if (typeof second !== 'number') return inner !== undefined
  return Array.isArray(inner) && inner.length > second
}
