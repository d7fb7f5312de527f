/** Small shapes that several settings share. */
import * as z from 'zod'
import { durationSchema } from '../policy/document/duration.ts'

/** Where nothing to wait for makes no sense: a deadline of zero would fail every request. */
export const deadline = durationSchema.refine((ms) => typeof ms !== 'number' || ms > 0, 'expected more than 0')

/** How many of something there may be. */
export const count = z.int().min(1).max(1_000_000)
