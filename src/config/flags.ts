/** The flags about config files. */
export interface ConfigFlags {
  /** A path; `false` when --no-config was typed. */
  config?: string | false
}

/** The flags about following a pipeline to its end. */
export interface FollowFlags {
  onManual?: string
  play?: string[]
  allowSkipped?: true
  failOnWarnings?: true
  queueTimeout?: string
  runTimeout?: string
  retryGrace?: string
  pollGrace?: string
  pollInterval?: string
  logs?: string[]
  logLines?: string
  cancelOnInterrupt?: true
  cancelOnTimeout?: true
  events?: true
}

/** The flags about reports for the CI job that runs this program. */
export interface ReportFlags {
  dotenv?: string
  junit?: string
  artifacts?: string
  artifactsOf?: string[]
}

/** The flags of `run` as typed, without defaults and without the environment (design.md section 2). */
export interface RunFlags extends ConfigFlags, FollowFlags, ReportFlags {
  follow?: true
  wait?: true
  resume?: true
  expectSha?: string
  server?: string
  project?: string
  ref?: string
  token?: string
  tokenFile?: string
  tokenStdin?: true
  apiTokenFile?: string
  var?: string[]
  varFile?: string[]
  varsFrom?: string[]
  input?: string[]
  inputJson?: string[]
  api?: string
  allowHttp?: true
  timeout?: string
  proxy?: string
  cacert?: string
  cert?: string
  key?: string
  insecure?: true
  retry?: string
  retryAmbiguous?: true
  /** `false` when --no-verify was typed. */
  verify?: boolean
  marker?: true
  once?: string
  lock?: string
  jitter?: string
  skipIfRunning?: true
  onlyIfChanged?: true
  logFile?: string
  heartbeat?: string
  jobs?: true
  json?: true
  quiet?: true
  verbose?: true
  dryRun?: true
  curl?: true
  /** `false` when --no-color was typed. */
  color?: false
}
