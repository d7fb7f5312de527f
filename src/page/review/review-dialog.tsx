/** A stand-in until the dialog itself is there. */
export function ReviewDialog({ close }: { readonly close: () => void }) {
  return (
    <button type="button" onClick={close}>
      Close
    </button>
  )
}
