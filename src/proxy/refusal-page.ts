/**
 * A refusal as somebody at a browser reads it. It stands at the address of the backend, so it has no script, no style and
 * nothing to load, its policy allows none, and all it says is text.
 */
import { entryOf } from '../errors.ts'
import type { Refusal } from './refusal.ts'

/** Makes the page, in UTF-8. */
export function refusalPage(refusal: Refusal): string {
  const { status, detail, destination, findings = [], hint, operatorMessage, requestId, policyVersion, code } = refusal
  const who = destination === undefined ? 'The request' : `The connection to ${destination}`
  const paragraphs = [
    detail,
    ...findings.map(({ name, detail: found }) => `${name}: ${found}`),
    hint,
    ...(operatorMessage === undefined ? [] : [operatorMessage]),
    `For the operator: ${code} (${entryOf(code)}), request ${requestId}, policy version ${policyVersion}. This answer is from Vedette, between you and the server.`,
  ]
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${status} Vedette</title></head>
<body>
<h1>${escapeHtml(who)} failed</h1>
${paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n')}
</body>
</html>
`
}

/** What a browser is told beside the page: that nothing in it may run or be loaded, whatever it turns out to say. */
export const refusalPageFields = [
  'Content-Type: text/html; charset=utf-8',
  "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; sandbox",
  'X-Content-Type-Options: nosniff',
]

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
