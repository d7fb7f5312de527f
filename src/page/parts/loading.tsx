/** Stands where something is still being fetched; screen readers hear of it once. */
export function Loading({ label = 'Loading…' }: { readonly label?: string }) {
  return (
    <p className="loading" role="status">
      <span className="loading-bar" aria-hidden="true" />
      {label}
    </p>
  )
}
