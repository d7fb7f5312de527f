/** Where a mistake stops: what could not be fetched or drawn says so in its place, and what stands around it goes on. */
import { Component, type ReactNode } from 'react'
import { Screen } from './screen.tsx'

interface BoundaryProps {
  readonly children: ReactNode
  /** Stands around the message, where nothing else does. */
  readonly within?: (message: ReactNode) => ReactNode
}

interface BoundaryState {
  readonly thrown: readonly unknown[]
}

/** Shows its children, or why they cannot be shown. The library asks for a class here, and nowhere else. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { thrown: [] }

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { thrown: [error] }
  }

  override render(): ReactNode {
    const { children, within = (message) => message } = this.props
    const { thrown } = this.state
    return thrown.length === 0 ? children : within(<Broken error={thrown[0]} />)
  }
}

function Broken({ error }: { readonly error: unknown }) {
  return (
    <Screen title="This could not be shown">
      <div className="note note-error" role="alert">
        <p>
          The instance did not answer, or is another release than the one this page came from. Loading the page again is
          the cure; a draft is kept.
        </p>
        <p className="quiet small">{error instanceof Error ? error.message : String(error)}</p>
        <button type="button" onClick={() => location.reload()}>
          Load the page again
        </button>
      </div>
    </Screen>
  )
}
