/** The instance itself: where it listens, how it is, what it was told, who may come in, and how to point programs at it. */
import { useQuery } from '@tanstack/react-query'
import { queries } from '../api/queries.ts'
import { Answered } from '../parts/answered.tsx'
import { Screen } from '../parts/screen.tsx'
import { useMay } from '../session/session-context.ts'
import { AuditCheckCard } from './audit-check-card.tsx'
import { BackupCard } from './backup-card.tsx'
import { DiagnosticsCard } from './diagnostics-card.tsx'
import { HealthCard } from './health-card.tsx'
import { InstanceCard } from './instance-card.tsx'
import { KeysCard } from './keys-card.tsx'
import { RestartCard } from './restart-card.tsx'
import { SessionsCard } from './sessions-card.tsx'
import { SettingsCard } from './settings-card.tsx'
import { SnippetsCard } from './snippets-card.tsx'
import { UsersCard } from './users-card.tsx'
import '../styles/looks.css'

export function SystemScreen() {
  const status = useQuery(queries.status)
  const isAdmin = useMay('admin')
  const isOperator = useMay('operator')
  return (
    <Screen title="System">
      <Answered query={status}>
        {(known) => (
          <>
            <InstanceCard status={known} />
            <HealthCard />
            <SnippetsCard status={known} />
          </>
        )}
      </Answered>
      <SessionsCard />
      {isAdmin && (
        <>
          <UsersCard />
          <KeysCard />
          <AuditCheckCard />
          <BackupCard />
          <RestartCard />
        </>
      )}
      {isOperator && <DiagnosticsCard />}
      <SettingsCard />
    </Screen>
  )
}
