/** The levels of the log, as settings name them. */
export type Level = 'debug' | 'info' | 'warn' | 'error'

/** Orders the levels, with the numbers pino gives them. */
export const levelRank: Readonly<Record<Level, number>> = { debug: 20, info: 30, warn: 40, error: 50 }
