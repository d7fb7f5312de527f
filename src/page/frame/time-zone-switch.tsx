import { chooseTimeZone, useTimeZone } from '../parts/time-zone.ts'

/** Shows exact times in UTC or in the time of this machine. */
export function TimeZoneSwitch() {
  const zone = useTimeZone()
  return (
    <label className="choice">
      <input
        type="checkbox"
        checked={zone === 'utc'}
        onChange={({ target }) => chooseTimeZone(target.checked ? 'utc' : 'local')}
      />
      <span>Times in UTC</span>
    </label>
  )
}
