import type { ReactNode } from 'react'
import { Dialog as AriaDialog } from 'react-aria-components/Dialog'
import { Heading } from 'react-aria-components/Heading'
import { Modal, ModalOverlay } from 'react-aria-components/Modal'
import './dialog.css'

interface DialogProps {
  readonly title: string
  readonly close: () => void
  /** Escape does not close it: something is under way that is to be seen to its end. */
  readonly isFixed?: boolean
  readonly children: ReactNode
}

/** A dialog over the page: it keeps the focus, Escape closes it, and the focus goes back to where it was opened. */
export function Dialog({ title, close, isFixed = false, children }: DialogProps) {
  const change = (isOpen: boolean) => {
    if (!isOpen) close()
  }
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={change} isKeyboardDismissDisabled={isFixed}>
      <Modal className="modal">
        <AriaDialog className="dialog">
          <Heading slot="title" level={2}>
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
