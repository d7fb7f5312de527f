/**
 * Whether whoever asked wants a refusal as a page, by its Accept (RFC 9110 section 12.5.1): somebody at a browser. A program
 * that takes anything, or says nothing, gets the form for programs.
 */
export function prefersHtml(pairs: readonly string[]): boolean {
  let [html, json] = [0, 0]
  for (let at = 0; at < pairs.length; at += 2) {
    if (pairs[at]?.toLowerCase() !== 'accept') continue
    for (const range of (pairs[at + 1] as string).toLowerCase().split(',')) {
      const [type, weight] = weighed(range)
      if (type === 'text/html') html = Math.max(html, weight)
      else if (type === 'application/json' || type === 'application/problem+json') json = Math.max(json, weight)
    }
  }
  return html > json
}

/** A range and its weight; one that cannot be read counts for nothing. */
function weighed(range: string): readonly [string, number] {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
  const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1'
  return [type, /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? Number(q) : 0]
}
