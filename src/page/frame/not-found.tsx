import { Screen } from '../parts/screen.tsx'
import { Link } from '../router/link.tsx'

/** Stands at addresses that nobody has built. */
export function NotFound() {
  return (
    <Screen title="There is nothing here">
      <p>
        The address leads nowhere. <Link to="/">To the overview</Link>
      </p>
    </Screen>
  )
}
