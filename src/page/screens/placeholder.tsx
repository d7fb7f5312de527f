import { Empty } from '../parts/empty.tsx'
import { Screen } from '../parts/screen.tsx'

/** Stands where a screen is still to come, and says by what other way the same is to be had. */
export function Placeholder() {
  return (
    <Screen title="Still to come">
      <Empty title="This screen is not part of the page yet.">
        <p>The command line and the API show the same.</p>
      </Empty>
    </Screen>
  )
}
