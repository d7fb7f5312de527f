/** A process of its own that appends versions to a history: folder, author and count are its arguments. */

import { closeHistory, openHistory } from '../../src/history/open-history.ts'
import { recordVersion } from '../../src/history/versions.ts'

const [folder = '', author = '', count = '0'] = process.argv.slice(2)
const history = await openHistory(folder)
for (let n = 0; n < Number(count); n++) {
  recordVersion(history, { text: `${author} ${n}`, author, comment: '', source: 'cli', timeMs: n })
}
closeHistory(history)
