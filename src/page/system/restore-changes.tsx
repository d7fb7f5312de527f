import type { RestorePreview } from '../../admin/contract.ts'
import { Diff } from '../parts/diff.tsx'
import { PlaceLines } from '../review/changes.tsx'
import { Sentences } from '../review/sentences.tsx'
import { describeCount } from '../show/describe-amount.ts'
import { groupFingerprint } from '../show/match-fingerprint.ts'

/** What a backup would change here: the policy, the trust stores, and what it leaves alone. */
export function RestoreChanges({ preview }: { readonly preview: RestorePreview }) {
  const { policy, trustStores, notKept, settings, versions } = preview
  return (
    <>
      <h3>Policy</h3>
      <PlaceLines places={policy.problems} />
      <Sentences sentences={policy.sentences} />
      <Diff text={policy.diff} label="Lines that the policy would change" />
      <h3>Trust stores</h3>
      {trustStores.length === 0 && <p>The backup holds none.</p>}
      <ul>
        {trustStores.map((store) => (
          <Store key={store.name} store={store} />
        ))}
      </ul>
      {trustStores.some(({ fresh }) => fresh.length > 0) && (
        <p className="doubtful">
          The rehearsal below knows the trust stores as they are now: what the added certificates would trust is not in
          it. They stay when a trial reverts: only the policy goes.
        </p>
      )}
      {notKept.length > 0 && <p className="bad">Could not be read when the backup was made: {notKept.join(', ')}</p>}
      <h3>Left alone</h3>
      <p>
        The settings stay as they are, and so does the history here: the {describeCount(versions, 'version')} of the
        file can be read in it.
      </p>
      {settings !== null && settings.diff !== '' && (
        <details>
          <summary>How the settings of the backup differ</summary>
          <Diff text={settings.diff} label="Lines of the settings that differ" />
        </details>
      )}
    </>
  )
}

function Store({ store }: { readonly store: RestorePreview['trustStores'][number] }) {
  const { name, fresh, known, beside, problem } = store
  return (
    <li>
      <strong>{name}</strong>: {describeCount(fresh.length, 'certificate')} added, {known} there already
      {beside > 0 && `, ${beside} beside them stay`}
      {problem !== '' && <p className="bad">{problem}</p>}
      <ul>
        {fresh.map(({ subject, sha256, warnings }) => (
          <li key={sha256}>
            {subject} <code className="fingerprint">{groupFingerprint(sha256)}</code>
            {warnings.map((warning) => (
              <span key={warning} className="doubtful">
                {' '}
                {warning}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </li>
  )
}
