import { type FormEvent, useState } from 'react'

/** A file, where its certificates are to go, and the password of a key store. */
export interface UploadWish {
  readonly store: string
  readonly file: File
  readonly password: string
}

interface UploadFormProps {
  /** The store that is offered first. */
  readonly store: string
  readonly isBusy: boolean
  readonly send: (wish: UploadWish) => void
}

/** Chooses a file with certificates. */
export function UploadForm({ store: first, isBusy, send }: UploadFormProps) {
  const [store, setStore] = useState(first)
  const [file, setFile] = useState<File | null>(null)
  const [password, setPassword] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (file !== null) send({ store, file, password })
  }
  return (
    <form className="row" onSubmit={submit}>
      <label>
        Store{' '}
        <input value={store} pattern="[A-Za-z0-9][A-Za-z0-9._\-]*" onChange={({ target }) => setStore(target.value)} />
      </label>
      <label>
        Certificates <input type="file" accept={kinds} onChange={({ target }) => setFile(target.files?.[0] ?? null)} />
      </label>
      <label>
        Password, for a key store{' '}
        <input
          type="password"
          autoComplete="off"
          value={password}
          onChange={({ target }) => setPassword(target.value)}
        />
      </label>
      <button type="submit" disabled={file === null || store === '' || isBusy}>
        Upload and look
      </button>
    </form>
  )
}

const kinds = '.pem,.crt,.cer,.der,.p7b,.p7c,.p12,.pfx,.pkcs12,.jks,.jceks,.keystore,.truststore'
