import type crypto from 'node:crypto'
import { SidecarError } from '../errors.ts'
import type { Anchor } from '../truststore/describe-anchors.ts'
import type { StorePlace } from '../truststore/read-store.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { counted } from './counted.ts'
import { shortPath } from './read-document.ts'
import type { SettingOptions } from './setting-options.ts'
import type { Terminal } from './terminal.ts'
import { anchorsOf, placeFrom, readAnchorFile, readWhole, showAnchor } from './trust-anchors.ts'

/** `vedette trust add STORE FILE`, or `--from` a backend: shows what would be newly trusted, then writes exactly that. */
export const defineTrustAdd: DefineCommand = (command, { terminal }) => {
  command
    .argument('<store>', 'the store to add to; made when it is not there')
    .argument('[file]', 'PEM, DER, PKCS#7, PKCS#12, JKS or JCEKS; - reads PEM from stdin')
    .option('--from <host:port>', 'take one certificate of the chain this backend shows, in place of a file')
    .option('--sha256 <fingerprint>', 'with --from: which one, by the fingerprint its owner told you')
    .option('--policy <value>', 'with --from: the policy to dial under')
    .option('--dry-run', 'show it and write nothing')
  addExamples(command, [
    'trust add corp roots.p12 --dry-run',
    'trust add corp - < corp-root.pem',
    'trust add corp --from mail.corp.example:443',
  ])
  command.action(async (name: string, file: string | undefined) => {
    const options = command.optsWithGlobals()
    const place = await placeFrom(options)
    const change = await import('../truststore/change-store.ts')
    const { folder, isEmpty } = await change.folderForAddition(place.folder, name)
    const { from, certificates } = await certificatesFrom(file, { options, place, terminal })
    const before = isEmpty ? [] : await anchorsOf(await readWhole(name, place, terminal))
    const known = new Set(before.map(({ sha256 }) => sha256))
    const anchors = await anchorsOf({ sources: [{ file: from, certificates }] })
    const fresh = anchors.filter(({ sha256 }) => !known.has(sha256))
    const wanted = fresh.flatMap(
      ({ sha256 }) => certificates.find((each) => bare(each.fingerprint256) === sha256) ?? [],
    )
    const files = options.dryRun === true ? [] : await change.addToStore(folder, wanted)
    const addition: Addition = { fresh, known: anchors.filter(({ sha256 }) => known.has(sha256)), files }
    if (options.json) terminal.printJson({ store: name, ...addition })
    else showAddition(addition, { name, dryRun: options.dryRun === true, terminal })
  })
}

interface Given {
  readonly options: SettingOptions
  readonly place: StorePlace
  readonly terminal: Terminal
}

/** What may be added, and where it comes from: a file or a backend, and one of the two. */
async function certificatesFrom(file: string | undefined, given: Given): Promise<Source> {
  const { from, sha256 } = given.options
  if ((file === undefined) === (from === undefined)) {
    throw new SidecarError('OPERATOR_USAGE', 'trust add takes a file, or --from host:port, and not both')
  }
  if (file === undefined) {
    const { chooseFrom } = await import('./trust-add-from.ts')
    return { from: String(from), certificates: await chooseFrom(String(from), given) }
  }
  if (sha256 !== undefined) throw new SidecarError('OPERATOR_USAGE', '--sha256 goes with --from: a file is taken whole')
  return { from: file, certificates: await readAnchorFile(file, given.place, given.terminal) }
}

interface Source {
  readonly from: string
  readonly certificates: readonly crypto.X509Certificate[]
}

interface Addition {
  readonly fresh: readonly Anchor[]
  readonly known: readonly Anchor[]
  readonly files: readonly string[]
}

function showAddition(
  { fresh, known, files }: Addition,
  { name, dryRun, terminal }: { name: string; dryRun: boolean; terminal: Terminal },
): void {
  for (const anchor of fresh) showAnchor(anchor, terminal)
  for (const { subject, sha256 } of known)
    terminal.say(`duplicate: ${subject} (${sha256.slice(0, 12)}) is there already`)
  if (fresh.length === 0) terminal.say(`nothing new for ${name}`)
  else if (dryRun)
    terminal.say(`${counted(fresh.length, 'certificate')} would be newly trusted by ${name}; nothing was written`)
  else {
    for (const file of files) terminal.say(`wrote ${shortPath(file)}`)
    terminal.say(
      `${counted(fresh.length, 'certificate')} newly trusted by ${name}; an instance whose policy names it takes up the change`,
    )
  }
}

/** Node writes fingerprints in upper case with colons; everything here has them plain. */
function bare(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase()
}
