/**
 * A document of docs/ as a page of its own, made when the page is built: plain HTML under the same security policy as the
 * page, without a script, so that a refusal can be looked up by whoever may reach the address. HTML inside a document is
 * shown as the text it is.
 */
import path from 'node:path'
import { Marked, Renderer, type Tokens } from 'marked'
import { addressOf, documentsAt } from './address-of.ts'
import { anchorOf } from './anchor-of.ts'

export interface Document {
  /** Its path in the source. */
  readonly file: string
  readonly text: string
  /** The paths of all documents that are served: links to others stay text. */
  readonly served: readonly string[]
}

/** Renders one document. */
export function renderDocument({ file, text, served }: Document): string {
  const title = /^# (.+)$/m.exec(text)?.[1] ?? file
  const body = new Marked({ renderer: rendererFor(file, served), tokenizer: withoutBareLinks }).parse(text, {
    async: false,
  })
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – Vedette</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${documentsAt}/documents.css">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><nav aria-label="Places"><a href="/">System Manager</a> <a href="${documentsAt}">Documents</a></nav></header>
<main id="main" tabindex="-1">
${body}</main>
</body>
</html>
`
}

function rendererFor(file: string, served: readonly string[]) {
  return {
    html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text),
    heading(this: Renderer, { tokens, depth, text }: Tokens.Heading) {
      return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`
    },
    link(this: Renderer, { href, tokens }: Tokens.Link) {
      const shown = this.parser.parseInline(tokens)
      const address = addressFor(href, { file, served })
      return address === undefined ? shown : `<a href="${escapeHtml(address)}">${shown}</a>`
    },
    // A wide table scrolls by itself, and is reached by keyboard.
    table(this: Renderer, token: Tokens.Table) {
      return `<div class="scroll" role="region" aria-label="Table" tabindex="0">\n${plain.table.call(this, token)}</div>\n`
    },
    code: ({ text }: Tokens.Code) => `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>\n`,
    image: ({ text }: Tokens.Image) => escapeHtml(text),
  }
}

/** Where a link leads when the document is served here. */
function addressFor(href: string, { file, served }: Pick<Document, 'file' | 'served'>): string | undefined {
  if (/^https?:\/\//.test(href) || href.startsWith('#')) return href
  const [target = '', anchor] = href.split('#')
  const address = addressOf(path.posix.join(path.posix.dirname(file), target), served)
  return address === undefined || anchor === undefined ? address : `${address}#${anchor}`
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (sign) => signs[sign] as string)
}

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const plain = new Renderer()
/** An address is a link where it is written as one. */
const withoutBareLinks = { url: () => undefined }
