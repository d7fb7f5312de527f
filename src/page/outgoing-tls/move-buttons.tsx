import type { Move, Side } from './move-suites.ts'

interface MoveButtonsProps {
  readonly isFixed: boolean
  readonly marked: Readonly<Record<Side, readonly string[]>>
  readonly act: (move: Move) => void
}

/** The moves as buttons. One that has nothing to do says so and stays in reach. */
export function MoveButtons({ isFixed, marked, act }: MoveButtonsProps) {
  return (
    <div className="moves">
      {buttons.map(({ move, says, keys, side }) => (
        <button
          key={move}
          type="button"
          aria-disabled={isFixed || marked[side].length === 0}
          aria-keyshortcuts={keys}
          title={`${says} (${keys.replaceAll(' ', ' or ')})`}
          onClick={() => act(move)}
        >
          {says}
        </button>
      ))}
    </div>
  )
}

const buttons: readonly { move: Move; says: string; keys: string; side: Side }[] = [
  { move: 'add', says: 'Add →', keys: 'Alt+ArrowRight Enter', side: 'available' },
  { move: 'remove', says: '← Remove', keys: 'Alt+ArrowLeft Delete', side: 'selected' },
  { move: 'up', says: 'Move up', keys: 'Alt+ArrowUp', side: 'selected' },
  { move: 'down', says: 'Move down', keys: 'Alt+ArrowDown', side: 'selected' },
]
