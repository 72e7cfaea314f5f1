/** A job of a scenario; durations are in steps (`--pace`). */
export interface ScenarioJob {
  name: string
  stage: string
  script?: string
  when?: 'on_success' | 'manual' | 'delayed'
  delay?: number
  pending?: number
  duration?: number
  result?: string
  result_after_retry?: string
  failure_reason?: string
  allow_failure?: boolean
  stuck?: boolean
  tags?: readonly string[]
  log?: string
  artifacts?: boolean
  downstream?: { project?: number; ref?: string; depend?: boolean; jobs?: readonly ScenarioJob[] }
}

/** A branch or tag of a scenario, and the pipelines on it. */
export interface ScenarioRef {
  name: string
  kind?: 'branch' | 'tag'
  protected?: boolean
  ci_file?: 'good' | 'broken' | 'empty'
  plays?: string
  jobs?: readonly ScenarioJob[]
  starts_after?: number
  actions?: readonly { at: number; do: 'cancel' | 'retry' | 'play'; job?: string }[]
  by?: 'clock' | 'polls'
}

/** A project of a scenario. */
export interface ScenarioProject {
  id: number
  path: string
  settings?: Readonly<Record<string, string>>
  members?: Readonly<Record<string, 'guest' | 'reporter' | 'developer' | 'maintainer' | 'owner'>>
  trigger_tokens?: readonly { token: string; description?: string; owner?: string }[]
  refs: readonly ScenarioRef[]
}

/** What a sandbox holds and does, as a file says it; `scenario-schema.json` describes each member. */
export interface Scenario {
  projects: readonly ScenarioProject[]
  api_tokens?: readonly {
    token: string
    username: string
    scopes?: readonly ('api' | 'read_api' | 'read_user')[]
  }[]
  faults?: readonly {
    method?: string
    path?: string
    kind?: 'answer' | 'reset' | 'reset after' | 'cut' | 'stall'
    status?: number
    body?: string
    content_type?: string
    create_then?: boolean
    times?: number
  }[]
}
