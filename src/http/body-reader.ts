/** The one place that knows which reader a framing needs. */

import type { BodyReader } from './body.ts'
import { ChunkedBody } from './chunked-body.ts'
import type { BodyFraming } from './framing.ts'
import { LengthBody } from './length-body.ts'
import { UntilCloseBody } from './until-close-body.ts'

export type { BodyReader, BodySink } from './body.ts'

const noBodyReader: BodyReader = Object.freeze({ done: true, read: () => 0 })

/** Makes the reader of a framing. With `dataOnly` chunks are undone: for an HTTP/1.0 caller, who knows none. */
export function bodyReader(framing: BodyFraming, options: { readonly dataOnly?: boolean } = {}): BodyReader {
  switch (framing.kind) {
    case 'none':
      return noBodyReader
    case 'length':
      return framing.length === 0 ? noBodyReader : new LengthBody(framing.length)
    case 'chunked':
      return new ChunkedBody(options.dataOnly === true ? 'dataOnly' : 'passThrough')
    case 'until-close':
      return new UntilCloseBody()
  }
}
