import {
  defaultLogLines,
  defaultPollGraceMs,
  defaultReportMs,
  defaultRetryGraceMs,
  defaultTimeoutMs,
  typedDuration,
} from '../core/defaults.ts'
import type { FlagsOfRows, OptionGroup, OptionRows } from './option.ts'

/** Where the project is. */
export const placeRows = {
  server: { short: 's', value: 'name', help: 'a server of your config, or https://gitlab.example.com' },
  project: { short: 'p', value: 'id', help: 'its number (9), full path (group/name) or web URL' },
} as const satisfies OptionRows

/** Which trigger token is used. */
export const triggerTokenRows = {
  tokenFile: { value: 'path', help: 'file with the trigger token, mode 0600; - is stdin' },
  tokenStdin: { help: 'read the trigger token from stdin' },
  token: {
    short: 't',
    value: 'token',
    help: 'the trigger token itself (every user of the machine can see it)',
  },
} as const satisfies OptionRows

/** Which API token is used. */
export const apiTokenRows = {
  apiTokenFile: { value: 'path', help: 'file with an API token (read_api), for --jobs, --wait, --follow' },
} as const satisfies OptionRows

/** Which config files are read. */
export const configGroup = {
  heading: 'Configuration:',
  rows: {
    config: { value: 'path', help: 'use this config file and no other', no: 'read no config file' },
  },
} as const satisfies OptionGroup

/** Which API is spoken, and for how long. */
export const limitRows = {
  api: { value: 'version', help: 'v4, v3 or auto (default: auto: v3 where v4 is missing)' },
  timeout: {
    value: 'duration',
    help: `limit for the whole run, as 90s or 2m (default: ${typedDuration(defaultTimeoutMs)})`,
  },
} as const satisfies OptionRows

/** Which API token is used by commands that do nothing else than what needs one. */
export const ownApiTokenRows = {
  apiTokenFile: { value: 'path', help: 'file with an API token, mode 0600' },
} as const satisfies OptionRows

/** How a server is reached. */
export const transportRows = {
  proxy: { value: 'url', help: 'go through this proxy; none goes without one' },
  cacert: { value: 'path', help: 'extra CA certificates (PEM)' },
  cert: { value: 'path', help: 'a client certificate (PEM)' },
  key: { value: 'path', help: 'the key of the client certificate (PEM)' },
  insecure: { help: "do not check the server's certificate" },
  allowHttp: { help: 'allow plain http to other machines' },
} as const satisfies OptionRows

/** The option of commands that print one object. */
export const jsonRow = { json: { help: 'print one JSON object' } } as const satisfies OptionRows

/** The option of commands that may be silent. */
export const quietRow = {
  quiet: { short: 'q', help: 'print nothing on success' },
} as const satisfies OptionRows

/** The option of commands that speak to a server. */
export const verboseRow = {
  verbose: { help: 'say where every value came from, and each request' },
} as const satisfies OptionRows

/** The option of commands that use colours. */
export const colorRow = {
  color: { no: 'no colours (FORCE_COLOR forces them)' },
} as const satisfies OptionRows

/** How a pipeline is followed to its end. */
export const followRows = {
  onManual: {
    value: 'policy',
    help: 'if it waits for manual action: fail, pass, wait, play (default: fail)',
  },
  play: { list: 'job', help: 'start this manual job when the pipeline waits for it' },
  allowSkipped: { help: 'a skipped pipeline is a success' },
  failOnWarnings: { help: 'treat failed jobs with allow_failure as failure' },
  queueTimeout: { value: 'duration', help: 'longest wait for a job to start (default: none)' },
  runTimeout: { value: 'duration', help: 'give up this long after it started (default: none)' },
  reportTimeout: {
    value: 'duration',
    help: `limit for logs and reports once it has finished (default: ${typedDuration(defaultReportMs)})`,
  },
  retryGrace: {
    value: 'duration',
    help: `keep watching a failed pipeline this long for retries (default: ${typedDuration(defaultRetryGraceMs)})`,
  },
  pollGrace: {
    value: 'duration',
    help: `give up when status requests have failed for this long (default: ${typedDuration(defaultPollGraceMs)})`,
  },
  pollInterval: {
    value: 'duration',
    help: 'poll at a fixed interval (default: adaptive)',
  },
  progress: {
    value: 'how',
    help: 'show progress as tree, lines or none (default: tree on a terminal, lines in CI)',
  },
  logs: {
    list: 'which',
    help: 'all, none, failed, or a job (default with --follow: all on a terminal, else failed)',
  },
  logLines: {
    value: 'count',
    help: `last lines to print of each failed job's log (default: ${defaultLogLines})`,
  },
  cancelOnInterrupt: { help: 'cancel the pipeline at Ctrl-C or TERM' },
  cancelOnTimeout: { help: 'cancel the pipeline when a limit is reached' },
} as const satisfies OptionRows

/** What is written for the job that runs us: options of the commands that see the end of a pipeline. */
export const reportGroup = {
  heading: 'Reports:',
  rows: {
    dotenv: {
      value: 'path',
      writes: true,
      help: 'write PIPELINE_ID, _URL, _STATUS, _IID, _SHA (dotenv report)',
    },
    annotations: {
      value: 'path',
      writes: true,
      help: 'write links to the pipelines (annotations report, GitLab 16.3)',
    },
    junit: {
      value: 'path',
      writes: true,
      help: "write the pipeline's test report as JUnit XML",
    },
    artifacts: {
      value: 'folder',
      writes: true,
      help: 'unpack the artifacts of all jobs there, after the end',
    },
    artifactsOf: { list: 'job', help: 'only those of the jobs of this name' },
    artifactsMaxSize: {
      value: 'size',
      help: 'limit for one unpacked archive, as 20GB; none lifts it (default: 1GiB, or 100 times its size)',
    },
  },
} as const satisfies OptionGroup

/** What was typed about tokens. */
export type CredentialFlags = FlagsOfRows<typeof triggerTokenRows & typeof apiTokenRows>

/** What was typed about config files. */
export type ConfigFlags = FlagsOfRows<typeof configGroup.rows>

/** What was typed about the way to a server. */
export type TransportFlags = FlagsOfRows<typeof transportRows>

/** What was typed about following a pipeline to its end. */
export type FollowFlags = FlagsOfRows<typeof followRows>

/** What was typed about reports for the job that runs us. */
export type ReportFlags = FlagsOfRows<typeof reportGroup.rows>
