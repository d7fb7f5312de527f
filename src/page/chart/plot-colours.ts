/** A canvas knows no variables of CSS, and light-dark() is resolved only where a colour is used: so it is used, and read. */
export function plotColours(element: HTMLElement) {
  const probe = document.createElement('span')
  element.append(probe)
  const read = (name: string) => {
    probe.style.color = `var(--${name})`
    return getComputedStyle(probe).color
  }
  const colours = {
    text: read('text-quiet'),
    line: read('line'),
    lines: ['good', 'doubtful', 'bad', 'accent'].map(read),
  }
  probe.remove()
  return colours
}
