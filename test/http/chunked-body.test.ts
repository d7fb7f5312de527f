import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { bodyReader } from '../../src/http/body-reader.ts'
import { ChunkedBody, type ChunkedMode } from '../../src/http/chunked-body.ts'
import { chunked } from '../../src/http/framing.ts'
import { HttpSyntaxError, type SyntaxReason } from '../../src/http/syntax-error.ts'
import { generateMutated, generateValid } from './generate.ts'
import { Random } from './random.ts'
import { readStream } from './read-stream.ts'

interface Outcome {
  readonly pieces: readonly string[]
  readonly consumed: number
  readonly done: boolean
  readonly trailers: readonly string[]
}

function read(text: string, mode: ChunkedMode, segment = text.length): Outcome {
  const body = new ChunkedBody(mode)
  const bytes = Buffer.from(text, 'latin1')
  const pieces: string[] = []
  const sink = { piece: (view: Buffer) => pieces.push(view.toString('latin1')) }
  let at = 0
  while (at < bytes.length && !body.done) at += body.read(bytes.subarray(at, at + segment), sink)
  return { pieces, consumed: at, done: body.done, trailers: body.trailers }
}

const small = '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n'

interface Row {
  readonly why: string
  readonly body: string
  /** What a backend gets; the body itself when left out. */
  readonly passes?: string
  readonly data?: string
  readonly trailers?: readonly string[]
  readonly refused?: SyntaxReason
}

const rows: readonly Row[] = [
  { why: 'two chunks', body: small, data: 'hello world' },
  { why: 'no chunk', body: '0\r\n\r\n', data: '' },
  {
    why: 'sizes in any case, with zeros',
    body: '00a\r\n0123456789\r\nB\r\n0123456789a\r\n00\r\n\r\n',
    data: '01234567890123456789a',
  },
  { why: 'data that looks like framing', body: '7\r\n0\r\n\r\n5\r\r\n0\r\n\r\n', data: '0\r\n\r\n5\r' },
  {
    why: 'extensions are left out',
    body: '5;a=b\r\nhello\r\n0;x\r\n\r\n',
    passes: '5\r\nhello\r\n0\r\n\r\n',
    data: 'hello',
  },
  {
    why: 'a semicolon in quotes ends nothing',
    body: '5;a=";\\"\\\\"\r\nhello\r\n0\r\n\r\n',
    passes: '5\r\nhello\r\n0\r\n\r\n',
    data: 'hello',
  },
  { why: 'an open quote', body: '5;a="\r\nhello\r\n0\r\n\r\n', refused: 'bad-chunk-extension' },
  {
    why: 'a tilde in quotes',
    body: '5;a="~ ~"\r\nhello\r\n0\r\n\r\n',
    passes: '5\r\nhello\r\n0\r\n\r\n',
    data: 'hello',
  },
  { why: 'a control character in quotes', body: '5;a="\u0001\r\nhello\r\n0\r\n\r\n', refused: 'bad-chunk-extension' },
  { why: 'a quoted control character', body: '5;a="\\\u0001\r\nhello\r\n0\r\n\r\n', refused: 'bad-chunk-extension' },
  { why: 'LF in an extension', body: '5;a\nhello\r\n0\r\n\r\n', refused: 'bad-chunk-extension' },
  {
    why: '256 bytes of extensions',
    body: `5;${'a'.repeat(255)}\r\nhello\r\n0\r\n\r\n`,
    passes: '5\r\nhello\r\n0\r\n\r\n',
    data: 'hello',
  },
  {
    why: 'so many in each chunk',
    body: `5;${'a'.repeat(255)}\r\nhello\r\n0;${'a'.repeat(255)}\r\n\r\n`,
    passes: '5\r\nhello\r\n0\r\n\r\n',
    data: 'hello',
  },
  {
    why: '257 bytes of extensions',
    body: `5;${'a'.repeat(256)}\r\nhello\r\n0\r\n\r\n`,
    refused: 'chunk-extension-too-long',
  },
  { why: 'no size', body: '\r\nhello\r\n0\r\n\r\n', refused: 'bad-chunk-size' },
  { why: 'a size with a prefix', body: '0x5\r\nhello\r\n0\r\n\r\n', refused: 'bad-chunk-size' },
  { why: 'a size with a space', body: '5 \r\nhello\r\n0\r\n\r\n', refused: 'bad-chunk-size' },
  { why: 'a size line that ends with LF', body: '5\nhello\r\n0\r\n\r\n', refused: 'chunk-line-end' },
  { why: 'a size line that ends with CR', body: '5\rhello\r\n0\r\n\r\n', refused: 'chunk-line-end' },
  { why: 'data longer than its size', body: '5\r\nhello!\r\n0\r\n\r\n', refused: 'chunk-data-end' },
  { why: 'data shorter than its size', body: '6\r\nhello\r\n0\r\n\r\n', refused: 'chunk-data-end' },
  { why: 'data ended by any byte and LF', body: '5\r\nhello!\n0\r\n\r\n', refused: 'chunk-data-end' },
  { why: 'data ended by LF', body: '5\r\nhello\n0\r\n\r\n', refused: 'chunk-data-end' },
  { why: 'data ended by CR', body: '5\r\nhello\r0\r\n\r\n', refused: 'chunk-data-end' },
  { why: 'a size of 2^53', body: '20000000000000\r\n', refused: 'chunk-size-too-large' },
  { why: 'a size of 2^53 - 1', body: '1fffffffffffff\r\nabc', data: 'abc' },
  { why: 'a size of 16 digits', body: '0000000000000001\r\na\r\n0\r\n\r\n', data: 'a' },
  { why: 'a size of 17 digits', body: '00000000000000001\r\na\r\n0\r\n\r\n', refused: 'chunk-size-too-large' },
  { why: 'a last chunk without its line end', body: '0\r\nX', passes: '0\r\n' },
  { why: 'a CR that does not end the body', body: '0\r\n\r!', refused: 'bare-cr' },

  { why: 'trailers', body: '0\r\nX-Sum: 1\r\nETag: "a"\r\n\r\n', data: '', trailers: ['X-Sum', '1', 'ETag', '"a"'] },
  {
    why: 'trailers are written anew',
    body: '0\r\nX:POST / HTTP/1.1 \r\n\r\n',
    passes: '0\r\nX: POST / HTTP/1.1\r\n\r\n',
    data: '',
    trailers: ['X', 'POST / HTTP/1.1'],
  },
  {
    why: 'trailers that come too late are left out',
    body: '0\r\nHost: b\r\nX: y\r\nCookie: c\r\n\r\n',
    passes: '0\r\nX: y\r\n\r\n',
    data: '',
    trailers: ['X', 'y'],
  },
  { why: 'no trailer remains', body: '0\r\nContent-Type: a/b\r\n\r\n', passes: '0\r\n\r\n', data: '', trailers: [] },
  {
    why: 'an underscore does not help',
    body: '0\r\nSet_Cookie: b\r\n\r\n',
    passes: '0\r\n\r\n',
    data: '',
    trailers: [],
  },
  { why: 'framing in a trailer', body: '0\r\nContent-Length: 5\r\n\r\n', refused: 'framing-in-trailer' },
  { why: 'Connection in a trailer', body: '0\r\nConnection: close\r\n\r\n', refused: 'framing-in-trailer' },
  { why: 'a folded trailer', body: '0\r\nX: y\r\n z\r\n\r\n', refused: 'obs-fold' },
  { why: 'a trailer line that ends with LF', body: '0\r\nX: y\n\r\n', refused: 'bare-lf' },
  {
    why: '8 kB of trailers',
    body: `0\r\nX: ${'y'.repeat(8192 - 7)}\r\n\r\n`,
    data: '',
    trailers: ['X', 'y'.repeat(8192 - 7)],
  },
  { why: 'more than 8 kB of trailers', body: `0\r\nX: ${'y'.repeat(8192 - 6)}\r\n\r\n`, refused: 'trailers-too-large' },
  {
    why: 'more trailers than fields are taken',
    body: `0\r\n${'X: y\r\n'.repeat(201)}\r\n`,
    refused: 'too-many-fields',
  },
]

for (const row of rows) {
  test(`chunks, ${row.why}: ${row.refused === undefined ? 'read' : `refused as ${row.refused}`}, in every segmentation`, () => {
    for (const segment of [row.body.length, 1, 2, 3, 7]) {
      for (const mode of ['passThrough', 'dataOnly'] as const) checkRow(row, mode, segment)
    }
  })
}

function checkRow(row: Row, mode: ChunkedMode, segment: number): void {
  const { refused, body, data = '', passes = body, trailers = [] } = row
  if (refused !== undefined) {
    const isReason = (error: unknown) => error instanceof HttpSyntaxError && error.reason === refused
    assert.throws(() => read(body, mode, segment), isReason)
    return
  }
  const outcome = read(body, mode, segment)
  assert.equal(outcome.pieces.join(''), mode === 'passThrough' ? passes : data)
  assert.deepEqual(outcome.trailers, trailers)
  assert.equal(outcome.consumed, body.length)
  assert.equal(outcome.done, body.endsWith('\r\n\r\n'))
}

test('a small body is one piece, and that piece is the chunk that was fed', () => {
  const bytes = Buffer.from(small)
  const pieces: Buffer[] = []
  bodyReader(chunked).read(bytes, { piece: (view) => pieces.push(view) })
  assert.deepEqual(pieces, [bytes])
  assert.equal(pieces[0], bytes)
})

test('a size is made of the digits 0 to 9 and the letters a to f in any case, and of no other byte', () => {
  const taken: string[] = []
  for (let byte = 0; byte < 256; byte += 1) {
    const digit = String.fromCharCode(byte)
    // What is taken as 1x stands for 16 bytes and x more.
    for (const data of Array.from({ length: 33 }, (_, length) => 'd'.repeat(length))) {
      try {
        if (read(`1${digit}\r\n${data}\r\n0\r\n\r\n`, 'dataOnly').done) taken.push(`${digit}=${data.length - 16}`)
      } catch (error) {
        assert.ok(error instanceof HttpSyntaxError)
      }
    }
  }
  const digits = [...'0123456789ABCDEFabcdef']
  assert.deepEqual(
    taken,
    digits.map((digit) => `${digit}=${Number.parseInt(digit, 16)}`),
  )
})

test('what follows the body is neither consumed nor passed on', () => {
  for (const mode of ['passThrough', 'dataOnly'] as const) {
    const outcome = read(`${small}GET / HTTP/1.1\r\n`, mode)
    assert.equal(outcome.consumed, small.length)
    assert.ok(!outcome.pieces.join('').includes('GET'))
  }
})

test('an extension breaks the piece and nothing else does', () => {
  const { pieces } = read('1\r\na\r\n1;x=y\r\nb\r\n1\r\nc\r\n0\r\n\r\n', 'passThrough')
  assert.deepEqual(pieces, ['1\r\na\r\n1', '\r\nb\r\n1\r\nc\r\n0\r\n\r\n'])
})

test('a reader that is done takes nothing more', () => {
  const body = new ChunkedBody('passThrough')
  const sink = { piece: () => {} }
  body.read(Buffer.from(small), sink)
  assert.equal(body.read(Buffer.from('more'), sink), 0)
})

test('any segmentation of any stream reads the same', () => {
  const seeds = fc.integer({ min: 1, max: 2 ** 31 })
  fc.assert(
    fc.property(seeds, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }), (seed, sizes) => {
      const random = new Random(seed)
      const side = random.once(2) ? 'request' : 'response'
      const stream = random.once(2) ? generateValid(random, side) : generateMutated(random, side)
      const bytes = Buffer.from(stream, 'latin1')
      let turn = 0
      const nextSegment = () => sizes[turn++ % sizes.length] as number
      assert.deepEqual(readStream(bytes, { side, nextSegment }), readStream(bytes, { side }))
    }),
    { numRuns: 1000 },
  )
})

test('random bytes are refused or read, never anything else', () => {
  const soup = fc.array(
    fc.constantFrom('\r\n', '\r', '\n', '0', '5', 'a', ';', '=', '"', 'X: y', ' ', '\0', '\u00ff'),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(soup, fc.integer({ min: 1, max: 9 }), (parts, segment) => {
      try {
        read(parts.join(''), 'passThrough', segment)
      } catch (error) {
        assert.ok(error instanceof HttpSyntaxError)
      }
    }),
    { numRuns: 1000 },
  )
})
