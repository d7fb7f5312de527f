/** What the page knows of the instance. An answer that says that nobody is signed in shows the door again. */
import { QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './ask.ts'

/**
 * The instance may be this machine, which needs no network. And a change that is asked for without one fails, instead of being
 * kept and made whenever there is one again.
 */
const networkMode = 'always'

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noteSignedOut }),
  defaultOptions: {
    // The stream says when something has changed; asking again on every focus would only be noise.
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      refetchOnReconnect: true,
      retry: isWorthAnotherTry,
      networkMode,
    },
    mutations: { networkMode },
  },
})

/** Shows the door when the session is over. */
export function noteSignedOut(error: unknown): void {
  if (error instanceof ApiProblem && error.problem.status === 401) queryClient.setQueryData(['session'], null)
}

function isWorthAnotherTry(failures: number, error: unknown): boolean {
  return failures < 2 && error instanceof ApiProblem && error.problem.status === 503
}

/** Asks whether somebody who was signed in still is, and shows the door when they are not. */
export function askForSession(): void {
  if (queryClient.getQueryData(['session'])) void queryClient.invalidateQueries({ queryKey: ['session'] })
}
