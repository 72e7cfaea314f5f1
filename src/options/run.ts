import { defaultRetries, defaultTimeoutMs, typedDuration } from '../core/defaults.ts'
import type { CommandOptions, FlagsOf } from './option.ts'
import {
  apiTokenRows,
  colorRow,
  configGroup,
  followRows,
  limitRows,
  placeRows,
  quietRow,
  reportGroup,
  transportRows,
  triggerTokenRows,
  verboseRow,
} from './shared.ts'

/** The options of `run`. */
export const runOptions = {
  target: {
    heading: 'What to trigger:',
    rows: {
      ...placeRows,
      ref: { short: 'r', value: 'name', help: 'branch or tag; commit SHA on GitLab 8.1 to 8.10' },
      interactive: { short: 'i', help: 'ask at a terminal for what is not given' },
    },
  },
  variables: {
    heading: 'Variables and inputs:',
    rows: {
      var: {
        list: 'key=value',
        help: 'a variable, exactly as typed (KEY alone: from the environment)',
      },
      varFile: { list: 'key=path', help: "a variable from a file's exact content" },
      varsFrom: {
        list: 'path',
        help: 'variables from a .json, .yaml or dotenv file (- is stdin)',
      },
      allowEmptyVars: { help: 'accept a --vars-from that holds no variables' },
      input: { list: 'key=value', help: 'a pipeline input, as a string (GitLab 17.11)' },
      inputJson: { list: 'key=json', help: 'a pipeline input that is a number, boolean or array' },
    },
  },
  credentials: { heading: 'Credentials:', rows: { ...triggerTokenRows, ...apiTokenRows } },
  output: {
    heading: 'Output:',
    rows: {
      jobs: { help: 'wait for the jobs and print their ids too', conflicts: ['quiet'] },
      json: { help: 'print one JSON object instead of the id', conflicts: ['quiet', 'curl'] },
      events: {
        help: 'print each change as a line of JSON instead',
        conflicts: ['quiet', 'json', 'curl', 'dryRun'],
      },
      ...quietRow,
      ...verboseRow,
      dryRun: {
        short: 'n',
        help: 'print the request instead of sending it',
        conflicts: ['quiet', 'curl', 'jobs'],
      },
      curl: { help: 'print an equivalent curl line instead', conflicts: ['quiet', 'jobs'] },
      web: { help: "open the pipeline's page in a browser", conflicts: ['dryRun', 'curl'] },
      ...colorRow,
    },
  },
  follow: {
    heading: 'To the end:',
    rows: {
      follow: {
        help: 'wait for the end, with logs (exit code 0 only for success)',
        conflicts: ['wait'],
      },
      wait: { help: 'wait for the end of the pipeline, without logs' },
      ...followRows,
    },
  },
  reports: reportGroup,
  oneBuild: {
    heading: 'Only once:',
    rows: {
      once: {
        value: 'key',
        help: 'start one pipeline per key; later runs print its id',
      },
      everywhere: {
        help: 'with --once: also search for pipelines of other machines',
        conflicts: ['resume', 'curl'],
      },
      resume: {
        help: 'continue with the pipeline when a CI job is retried',
        conflicts: ['once', 'marker'],
      },
      expectSha: {
        value: 'sha',
        help: 'cancel a pipeline of another commit, and exit with 3',
      },
      verify: {
        help: 'look up a pipeline whose response was lost (default with an API token)',
        no: 'do not look it up',
      },
      marker: { help: 'send a unique variable GITLAB_TRIGGER_ID to look it up by' },
    },
  },
  unattended: {
    heading: 'Unattended:',
    rows: {
      lock: { value: 'name', help: 'one run per name, others exit 10; not on Windows' },
      jitter: {
        value: 'duration',
        help: 'delay the start by up to this long (stable per host and trigger)',
      },
      skipIfRunning: {
        help: 'exit with 10 while a pipeline of that ref runs (API token)',
      },
      onlyIfChanged: {
        help: 'do not start unless the ref has moved: exit 0 (API token)',
      },
      logFile: { value: 'path', writes: true, help: 'add one JSON line to this file for each run' },
      heartbeat: { value: 'url', help: 'GET this address after success' },
      heartbeatFailure: { value: 'url', help: 'GET this address after anything else' },
    },
  },
  config: configGroup,
  connection: {
    heading: 'Connection:',
    rows: {
      ...limitRows,
      timeout: {
        value: 'duration',
        help: `limit for the run; with --wait, for the trigger (default: ${typedDuration(defaultTimeoutMs)})`,
      },
      retry: {
        value: 'count',
        help: `repeat what was provably not sent, or was rate limited (default: ${defaultRetries})`,
      },
      retryAmbiguous: { help: 'also retry after ambiguous failures (may start two pipelines)' },
      ...transportRows,
    },
  },
} as const satisfies CommandOptions

/** What was typed for `run`. */
export type RunFlags = FlagsOf<typeof runOptions>
