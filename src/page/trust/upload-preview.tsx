import { useState } from 'react'
import type { Upload } from '../../admin/contract.ts'

interface UploadPreviewProps {
  readonly upload: Upload
  readonly isBusy: boolean
  readonly trust: (sha256: readonly string[]) => void
}

/** What an uploaded file holds, with what is doubtful about each certificate. */
export function UploadPreview({ upload: { fresh, known, store }, isBusy, trust }: UploadPreviewProps) {
  const [left, setLeft] = useState<readonly string[]>([])
  const chosen = fresh.map(({ sha256 }) => sha256).filter((each) => !left.includes(each))
  const turn = (sha256: string, on: boolean) => setLeft(on ? left.filter((each) => each !== sha256) : [...left, sha256])
  return (
    <fieldset>
      <legend>What the file holds; compare the fingerprints with what you were told</legend>
      {fresh.map(({ subject, issuer, sha256, notAfter, key, warnings }) => (
        <label key={sha256} className="choice">
          <input
            type="checkbox"
            checked={!left.includes(sha256)}
            onChange={({ target }) => turn(sha256, target.checked)}
          />
          <span>
            {subject}
            <span>
              issued by {issuer}; {key}; until {notAfter}
            </span>
            <span>
              SHA-256 <code>{sha256}</code>
            </span>
            {warnings.map((warning) => (
              <span key={warning} className="doubtful">
                {warning}
              </span>
            ))}
          </span>
        </label>
      ))}
      {known.length > 0 && <p className="quiet">{known.length} of them are in the store already.</p>}
      <button type="button" className="main" disabled={chosen.length === 0 || isBusy} onClick={() => trust(chosen)}>
        {chosen.length === 1 ? 'Trust this certificate' : `Trust these ${chosen.length} certificates`} in {store}
      </button>
    </fieldset>
  )
}
