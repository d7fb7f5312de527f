import type { StrictTls } from '../draft/policy-spec.ts'
import { Tick } from '../draft/tick.tsx'
import { CustomTrustStores } from './custom-trust-stores.tsx'
import { DefaultTrustStore } from './default-trust-store.tsx'
import { Enforcement } from './enforcement.tsx'

/** Whether backends are verified at all, and then by whom. */
export function StrictTlsSection({ strictTls }: { readonly strictTls: StrictTls }) {
  return (
    <section className="card" aria-labelledby="strict-tls">
      <h2 id="strict-tls">Strict TLS Settings</h2>
      <Tick
        label="Enable Strict TLS"
        says="Every backend must prove with its certificate that somebody trusted vouches for it, and for its name."
        value={strictTls.enabled}
        path={[...place, 'enabled']}
        isSwitch
      />
      {strictTls.enabled && (
        <fieldset className="revealed">
          <legend className="only-heard">Strict TLS options</legend>
          <Enforcement value={strictTls.enforcement} />
          <DefaultTrustStore value={strictTls.defaultTrustStore} />
          <Tick
            label="Allow and Log untrusted servers"
            says="Lets connections through to servers whose issuer nobody here trusts, and logs each. A wrong name is never forgiven."
            value={strictTls.allowUntrusted}
            path={[...place, 'allowUntrusted']}
          />
          <CustomTrustStores value={strictTls.customTrustStores} />
          <div className="choice">
            <input id="host-name" type="checkbox" checked disabled aria-describedby="host-name-says" />
            <span>
              <label htmlFor="host-name">Server host name verification</label>
              <span id="host-name-says">Comes with strict TLS and stays on with it.</span>
            </span>
          </div>
        </fieldset>
      )}
    </section>
  )
}

const place = ['spec', 'strictTls']
