/** Reads the table of alerts of a document: name, severity, remedy. */
export function documentedAlerts(markdown: string): string[][] {
  const table = markdown.split('| alert | severity | what to do |\n|---|---|---|\n')[1]?.split('\n\n')[0] ?? ''
  return table.split('\n').map((row) => row.replace(/^\| /, '').replace(/ \|$/, '').split(' | '))
}
