import { Link } from '../router/link.tsx'
import { type ScreenEntry, screens } from '../screens.ts'

/** The ways to all screens; those that belong together stand under one word. */
export function Nav({ path }: { readonly path: string }) {
  return (
    <nav className="screens" aria-label="Screens">
      <ul>
        {grouped(screens).map(([first, ...others]) =>
          first.group === undefined ? (
            <Entry key={first.path} entry={first} path={path} />
          ) : (
            <li key={first.path}>
              <span className="nav-group">{first.group}</span>
              <ul>
                {[first, ...others].map((entry) => (
                  <Entry key={entry.path} entry={entry} path={path} />
                ))}
              </ul>
            </li>
          ),
        )}
      </ul>
    </nav>
  )
}

function Entry({ entry: { path: to, title }, path }: { readonly entry: ScreenEntry; readonly path: string }) {
  return (
    <li>
      <Link to={to} aria-current={path === to ? 'page' : undefined}>
        {title}
      </Link>
    </li>
  )
}

type Group = readonly [ScreenEntry, ...ScreenEntry[]]

/** Neighbours of one group come together; every other screen stands alone. */
function grouped(entries: readonly ScreenEntry[]): readonly Group[] {
  const groups: [ScreenEntry, ...ScreenEntry[]][] = []
  for (const entry of entries) {
    const last = groups.at(-1)
    if (entry.group !== undefined && last?.[0].group === entry.group) last.push(entry)
    else groups.push([entry])
  }
  return groups
}
