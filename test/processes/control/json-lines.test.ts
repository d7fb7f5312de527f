import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SidecarError } from '../../../src/errors.ts'
import { parseRequest } from '../../../src/processes/control/control-protocol.ts'
import { JsonLines } from '../../../src/processes/control/json-lines.ts'

const isUsage = (error: unknown) => error instanceof SidecarError && error.code === 'OPERATOR_USAGE'

test('objects come out as they went in, however the bytes are cut', () => {
  const object = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()))
  const property = fc.property(fc.array(object), fc.integer({ min: 1, max: 9 }), (objects, cut) => {
    const bytes = Buffer.from(objects.map((one) => `${JSON.stringify(one)}\n`).join(''))
    const lines = new JsonLines()
    const out: unknown[] = []
    for (let at = 0; at < bytes.length; at += cut) out.push(...lines.push(bytes.subarray(at, at + cut)))
    assert.deepEqual(JSON.stringify(out), JSON.stringify(objects))
  })
  fc.assert(property, { numRuns: 200 })
})

test('a line of exactly the limit is taken, one byte more is refused before its end is seen', () => {
  const lines = new JsonLines(8)
  assert.deepEqual([...lines.push(Buffer.from('{"a":12}\n'))], [{ a: 12 }])
  assert.throws(() => [...lines.push(Buffer.from('{"a":123}'))], isUsage)
})

test('arbitrary bytes give requests or OPERATOR_USAGE, nothing else', () => {
  const property = fc.property(fc.oneof(fc.uint8Array(), fc.string(), fc.json()), (input) => {
    try {
      for (const line of new JsonLines(100).push(Buffer.from(`${input}\n`))) parseRequest(line)
    } catch (error) {
      if (!isUsage(error)) throw error
    }
  })
  fc.assert(property, { numRuns: 500 })
})

const rows: { name: string; line: Record<string, unknown>; error: RegExp | undefined }[] = [
  { name: 'a status request', line: { id: 1, act: 'status' }, error: undefined },
  { name: 'an unknown act', line: { id: 1, act: 'constructor' }, error: /"act" is unknown/ },
  { name: 'no id', line: { act: 'status' }, error: /"id" is missing/ },
  { name: 'an unknown field', line: { id: 1, act: 'status', toString: 1 }, error: /"toString" is unknown to status/ },
  { name: 'a missing field', line: { id: 1, act: 'confirm' }, error: /"author" is missing in confirm/ },
  {
    name: 'a field of the wrong type',
    line: { id: 1, act: 'confirm', author: 7 },
    error: /"author" has the wrong type/,
  },
  { name: 'a negative version', line: { id: 1, act: 'diff', a: -1, b: 2 }, error: /"a" has the wrong type/ },
]
for (const row of rows) {
  test(`${row.name} is ${row.error === undefined ? 'taken' : 'refused'}`, () => {
    if (row.error === undefined) assert.deepEqual(parseRequest(row.line), row.line)
    else assert.throws(() => parseRequest(row.line), row.error)
  })
}
