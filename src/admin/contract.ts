/**
 * The contract of the admin API as types, one for each schema under schemas/: what the page imports, and nothing else of
 * this room. Requests are `z.input`, what a client may write; answers are `z.output`, what it gets. Which route takes and
 * gives what stands in route-table.ts, and in the OpenAPI document made from it.
 */
import type * as z from 'zod'
import type * as access from './schemas/access.ts'
import type * as trial from './schemas/backend-trial.ts'
import type * as backup from './schemas/backup.ts'
import type * as catalogue from './schemas/catalogue.ts'
import type * as instance from './schemas/instance.ts'
import type * as parts from './schemas/parts.ts'
import type * as policy from './schemas/policy.ts'
import type * as traffic from './schemas/traffic.ts'
import type * as trust from './schemas/trust.ts'

export type Problem = z.output<typeof parts.problem>
export type Place = z.output<typeof parts.place>
export type PageQuery = z.input<typeof parts.pageQuery>

export type Role = z.output<typeof access.role>
export type KeyArea = z.output<typeof access.keyArea>
export type SetupState = z.output<typeof access.setupState>
export type SetupRequest = z.input<typeof access.setupRequest>
export type SignInRequest = z.input<typeof access.signInRequest>
export type Session = z.output<typeof access.session>
export type OpenSession = z.output<typeof access.openSession>
export type OpenSessions = z.output<typeof access.openSessions>
export type User = z.output<typeof access.user>
export type Users = z.output<typeof access.users>
export type NewUser = z.input<typeof access.newUser>
export type UserChange = z.input<typeof access.userChange>
export type PasswordChange = z.input<typeof access.passwordChange>
export type ApiKey = z.output<typeof access.apiKey>
export type ApiKeys = z.output<typeof access.apiKeys>
export type NewApiKey = z.input<typeof access.newApiKey>
export type MadeApiKey = z.output<typeof access.madeApiKey>
export type AuditEntry = z.output<typeof access.auditEntry>
export type AuditPage = z.output<typeof access.auditPage>
export type AuditCheck = z.output<typeof access.auditCheck>

export type VersionHead = z.output<typeof policy.versionHead>
export type Version = z.output<typeof policy.version>
export type VersionPage = z.output<typeof policy.versionPage>
export type Rejection = z.output<typeof policy.rejection>
export type RejectionPage = z.output<typeof policy.rejectionPage>
export type VersionDiff = z.output<typeof policy.versionDiff>
export type Pending = z.output<typeof policy.pending>
export type PolicyDocument = z.output<typeof policy.document>
export type Offer = z.output<typeof policy.offer>
export type Policy = z.output<typeof policy.policy>
export type CheckRequest = z.input<typeof policy.checkRequest>
export type Check = z.output<typeof policy.check>
export type EditRequest = z.input<typeof policy.editRequest>
export type Edited = z.output<typeof policy.edited>
export type ApplyRequest = z.input<typeof policy.applyRequest>
export type RollbackRequest = z.input<typeof policy.rollbackRequest>
export type Confirmed = z.output<typeof policy.confirmed>
export type Stage = z.output<typeof policy.stage>
export type Progress = z.output<typeof policy.progress>
export type Applied = z.output<typeof policy.applied>
export type Operation = z.output<typeof policy.operation>
export type RehearseRequest = z.input<typeof policy.rehearseRequest>
export type Rehearsal = z.output<typeof policy.rehearsal>
export type Exception = z.output<typeof policy.exception>
export type Exceptions = z.output<typeof policy.exceptions>
export type NewException = z.input<typeof policy.newException>
export type Catalogue = z.output<typeof policy.catalogue>
export type KnownCatalogue = z.output<typeof catalogue.knownCatalogue>
export type ColumnsByList = z.output<typeof catalogue.columns>
export type ClientHello = z.output<typeof catalogue.clientHello>

export type Anchor = z.output<typeof trust.anchor>
export type TrustStore = z.output<typeof trust.store>
export type TrustStores = z.output<typeof trust.stores>
export type TrustStoreDetail = z.output<typeof trust.storeDetail>
export type Upload = z.output<typeof trust.upload>
export type CommitRequest = z.input<typeof trust.commitRequest>

export type RestorePreview = z.output<typeof backup.restorePreview>
export type RestoreRequest = z.input<typeof backup.restoreRequest>

export type Backend = z.output<typeof traffic.backend>
export type BackendPage = z.output<typeof traffic.backendPage>
export type BackendDetail = z.output<typeof traffic.backendDetail>
export type BackendTrial = z.output<typeof trial.backendTrial>
export type Sighting = z.output<typeof traffic.sighting>
export type SightingPage = z.output<typeof traffic.sightingPage>
export type DestinationRequest = z.input<typeof traffic.destinationRequest>
export type ProbeRequest = z.input<typeof traffic.probeRequest>
export type Probe = z.output<typeof traffic.probe>
export type Explanation = z.output<typeof traffic.explanation>
export type Connection = z.output<typeof traffic.connection>
export type ConnectionQuery = z.input<typeof traffic.connectionQuery>
export type ConnectionPage = z.output<typeof traffic.connectionPage>
export type Failure = z.output<typeof traffic.failure>
export type FailurePage = z.output<typeof traffic.failurePage>
export type FailureChange = z.input<typeof traffic.failureChange>
export type InstanceEvent = z.output<typeof traffic.event>
export type EventPage = z.output<typeof traffic.eventPage>
export type Summary = z.output<typeof traffic.summary>

export type Status = z.output<typeof instance.status>
export type Health = z.output<typeof instance.health>
export type EffectiveSettings = z.output<typeof instance.settings>
export type Diagnostics = z.output<typeof instance.diagnostics>
export type Services = z.output<typeof instance.services>
/** What an event of the stream carries, by its name. */
export type StreamEvents = {
  [Name in keyof typeof instance.streamEvents]: z.output<(typeof instance.streamEvents)[Name]>
}
