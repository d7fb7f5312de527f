import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Anchor, TrustStoreDetail } from '../../admin/contract.ts'
import { storeLook } from '../api/looks.ts'
import { Answered } from '../parts/answered.tsx'
import { useMay } from '../session/session-context.ts'
import { CertificateFacts } from '../show/certificate-facts.tsx'
import { type Column, DataTable } from '../show/data-table.tsx'
import { DaysLeft } from '../show/days-left.tsx'
import { describeCount } from '../show/describe-amount.ts'
import { Drawer } from '../show/drawer.tsx'
import { RemoveCertificate } from './remove-certificate.tsx'
import { UseStore } from './use-store.tsx'

/** What one trust store holds. */
export function StoreView({ store }: { readonly store: string }) {
  const detail = useQuery(storeLook(store))
  return (
    <section aria-label={`Certificates of ${store}`}>
      <Answered query={detail}>{(known) => <Certificates known={known} />}</Answered>
    </section>
  )
}

function Certificates({ known }: { readonly known: TrustStoreDetail }) {
  const { name, builtIn, anchors, usedBy } = known
  const [words, setWords] = useState('')
  const [opened, open] = useState<Anchor>()
  const [doomed, doom] = useState<Anchor>()
  const mayChange = useMay('operator')
  const shown = anchors.filter((anchor) => fits(anchor, words))
  return (
    <>
      <h2>{name}</h2>
      <search className="row looks-filter">
        <label className="field">
          Subject, issuer or fingerprint
          <input type="search" value={words} onChange={({ target }) => setWords(target.value)} />
        </label>
        <a href={`/api/v1/truststores/${encodeURIComponent(name)}/export`} download={`${name}.pem`}>
          Export as PEM
        </a>
        {mayChange && !builtIn && usedBy.length === 0 && anchors.length > 0 && <UseStore store={name} />}
      </search>
      <DataTable
        caption={`Certificates of ${name}: ${describeCount(shown.length, 'certificate')}`}
        rows={shown}
        keyOf={({ sha256 }) => sha256}
        columns={columns(open)}
      />
      {opened !== undefined && (
        <Drawer title={opened.subject} onClose={() => open(undefined)}>
          <CertificateFacts certificate={opened} />
          {mayChange && !builtIn && (
            <button
              type="button"
              className="danger"
              onClick={() => {
                doom(opened)
                open(undefined)
              }}
            >
              Remove…
            </button>
          )}
        </Drawer>
      )}
      {doomed !== undefined && <RemoveCertificate store={known} anchor={doomed} onClose={() => doom(undefined)} />}
    </>
  )
}

function columns(open: (anchor: Anchor) => void): readonly Column<Anchor>[] {
  return [
    {
      title: 'Subject',
      isHead: true,
      cell: (anchor) => (
        <button type="button" className="bare as-link" onClick={() => open(anchor)}>
          {anchor.subject}
        </button>
      ),
    },
    { title: 'Issuer', cell: ({ issuer, subject }) => (issuer === subject ? 'itself' : issuer) },
    { title: 'Key', cell: ({ key }) => key },
    { title: 'SHA-256', cell: ({ sha256 }) => <code>{sha256.slice(0, 16)}…</code> },
    { title: 'Ends', cell: ({ notAfter }) => <DaysLeft endMs={Date.parse(notAfter)} /> },
    { title: 'Warnings', cell: ({ warnings }) => warnings.join('; ') || '–' },
    { title: 'File', cell: ({ files }) => files.join(', ') },
  ]
}

function fits({ subject, issuer, sha256 }: Anchor, words: string): boolean {
  const text = `${subject} ${issuer} ${sha256}`.toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
