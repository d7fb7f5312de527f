import { type ReactNode, useEffect, useId, useRef } from 'react'

interface DrawerProps {
  readonly title: string
  readonly onClose: () => void
  /** At the side for looking closer at a row; in the middle for a question. */
  readonly isDialog?: boolean
  readonly children: ReactNode
}

/**
 * Stands over the screen until it is closed. The browser's own modal dialog: it keeps the focus, makes the rest inert,
 * closes with Escape and gives the focus back.
 */
export function Drawer({ title, onClose, isDialog = false, children }: DrawerProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className={isDialog ? 'question' : 'drawer'}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <div className="screen-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
      {children}
    </dialog>
  )
}
