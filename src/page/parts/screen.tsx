import { type ReactNode, useEffect } from 'react'

interface ScreenProps {
  readonly title: string
  /** Stands beside the heading: filters, one main button. */
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** One screen: its heading, which is also the window's title, and what it shows. */
export function Screen({ title, actions, children }: ScreenProps) {
  useEffect(() => {
    document.title = `${title} – Vedette System Manager`
  }, [title])
  return (
    <>
      <div className="screen-head">
        <h1>{title}</h1>
        {actions}
      </div>
      {children}
    </>
  )
}
