import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeSni } from '../../src/cli/describe-sni.ts'

const seen = (serverName: string, spkiSha256 = 'one', presented = 1) => ({ serverName, spkiSha256, presented })

const rows: readonly (readonly [why: string, sightings: Parameters<typeof describeSni>[0], says: string])[] = [
  ['nothing seen', [], ''],
  ['only with a name', [seen('a.test')], 'a.test, never seen without'],
  ['only without', [seen('')], 'none sent, never seen with a name'],
  ['the same both ways', [seen('a.test'), seen('')], 'a.test, and it shows the same key with a name and without'],
  ['another key', [seen('', 'two'), seen('a.test')], 'none sent, and it shows another key without a name'],
  ['a name needed', [seen('a.test'), seen('', '', 0)], 'a.test, which it needs: without it showed no certificate'],
  [
    'a name disliked',
    [seen(''), seen('a', '', 0)],
    'none sent, and it dislikes a name: with one it showed no certificate',
  ],
  ['nothing either way', [seen('', '', 0), seen('a', '', 0)], 'none sent, and no certificate with a name or without'],
]
for (const [why, sightings, says] of rows) {
  test(`SNI is told of a backend with ${why}`, () => assert.equal(describeSni(sightings), says))
}
