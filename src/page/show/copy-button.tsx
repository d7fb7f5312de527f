import { toast } from '../parts/toasts.tsx'

/** Copies a text; what it is stands in its name, so that ten of them can be told apart by ear. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      toast(`Copied: ${what}`)
    } catch {
      toast(`The browser does not let this page copy; mark the text instead.`)
    }
  }
  return (
    <button type="button" className="bare" aria-label={`Copy ${what}`} onClick={() => void copy()}>
      Copy
    </button>
  )
}
