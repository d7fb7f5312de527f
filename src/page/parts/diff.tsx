/** A unified diff, its lines told apart by sign and by colour. */
export function Diff({ text, label }: { readonly text: string; readonly label: string }) {
  if (text === '') return <p className="quiet">The texts are the same.</p>
  const lines = text.trimEnd().split('\n')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="diff" aria-label={label} tabIndex={0}>
      <pre>
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and never move
          <span key={index} className={kindOf(line)}>
            {line}
            {'\n'}
          </span>
        ))}
      </pre>
    </section>
  )
}

function kindOf(line: string): string {
  if (line.startsWith('+')) return 'diff-added'
  if (line.startsWith('-')) return 'diff-removed'
  return line.startsWith('@@') ? 'diff-place' : ''
}
