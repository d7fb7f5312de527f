import assert from 'node:assert/strict'
import crypto, { X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { anchorEnds, backendEnds } from '../../../../src/processes/control/watch/certificate-ends.ts'
import { makeTrust } from '../../../kit/make-trust.ts'

describe('the end of the certificate of a backend', () => {
  const ends = backendEnds({
    sightings: [
      { authority: 'renewed:1', lastSeenMs: 100, notAfterMs: 1000 },
      { authority: 'older:1', lastSeenMs: 300, notAfterMs: 5000 },
      { authority: 'stranger:1', lastSeenMs: 100, notAfterMs: 7000 },
    ],
    checks: [
      { backend: 'renewed:1', checkedMs: 200, notAfterMs: 9000 },
      { backend: 'older:1', checkedMs: 200, notAfterMs: 4000 },
      { backend: 'checked:1', checkedMs: 200, notAfterMs: 6000 },
      { backend: 'down:1', checkedMs: 200, notAfterMs: null },
    ],
    named: new Set(['renewed:1', 'older:1', 'checked:1', 'down:1']),
  })
  const of = (backend: string) => ends.find((each) => each.backend === backend)

  it('is what the latest look showed, of traffic or of a check', () => {
    assert.deepEqual(
      ['renewed:1', 'older:1', 'checked:1'].map((backend) => of(backend)?.endMs),
      [9000, 5000, 6000],
    )
  })
  it('is told of those who showed one, and says who is named', () => {
    assert.equal(of('down:1'), undefined)
    assert.deepEqual([of('stranger:1')?.isNamed, of('checked:1')?.isNamed], [false, true])
  })
})

it('the ends of trust anchors come with those of the own stores first, each under its fingerprint', async () => {
  const [corp, shipped] = [await makeTrust(['a.example'], { name: 'corp' }), await makeTrust(['b.example'])]
  const ends = anchorEnds({ bundled: { ...shipped.set, name: 'bundled' }, corp: corp.set })
  const certificate = new X509Certificate(corp.ca.certificate)
  assert.deepEqual(
    ends.map(({ store }) => store),
    ['bundled', 'corp'].toReversed(),
  )
  assert.deepEqual(ends[0], {
    store: 'corp',
    sha256: crypto.hash('sha256', certificate.raw, 'hex'),
    endMs: certificate.validToDate.getTime(),
  })
})
