import { type ReactNode, useId } from 'react'

interface SwitchProps {
  readonly title: string
  readonly isOn: boolean
  readonly isDisabled?: boolean
  readonly onSwitch: (isOn: boolean) => void
  /** What switching it means, in a sentence. */
  readonly children: ReactNode
}

/** A switch that acts at once, unlike a tick of the draft. */
export function Switch({ title, isOn, isDisabled = false, onSwitch, children }: SwitchProps) {
  const id = useId()
  return (
    <div className="choice">
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-checked={isOn}
        aria-describedby={`${id}-says`}
        checked={isOn}
        disabled={isDisabled}
        onChange={({ target }) => onSwitch(target.checked)}
      />
      <span>
        <label htmlFor={id}>{title}</label>
        <span id={`${id}-says`}>{children}</span>
      </span>
    </div>
  )
}
