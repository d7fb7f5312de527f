/** What set a change off; the label of the reload metrics. */
export type Trigger =
  | 'start'
  | 'cli'
  | 'page'
  | 'api'
  | 'rollback'
  | 'revert'
  | 'signal'
  | 'policy-file'
  | 'settings-file'
  | 'truststore'
  | 'identity'
