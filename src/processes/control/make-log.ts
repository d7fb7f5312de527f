import type { LineWriter } from '../../observe/line-writer.ts'
import { createLogger } from '../../observe/logger.ts'
import type { Metrics } from '../../observe/metrics.ts'
import { type Environment, wantsColor } from '../../settings/environment.ts'
import type { Settings } from '../../settings/settings.ts'
import type { Log } from './versions/outcome-record.ts'

interface LogWish {
  readonly environment: Environment
  readonly destination: LineWriter
  readonly metrics: Pick<Metrics, 'logged'>
  /** Told of every event as well. */
  readonly also: Log
}

/** Makes the log of the control process in the format that the settings ask for. */
export function makeLog(
  { log: { format, level } }: Settings,
  { environment, destination, metrics, also }: LogWish,
): Log {
  const color = wantsColor(environment, process.stdout.isTTY === true)
  const logger = createLogger({ role: 'control', format, level, color, destination })
  return (name, message, fields) => {
    logger.event(name, message, fields)
    metrics.logged(name)
    also(name, message, fields)
  }
}
