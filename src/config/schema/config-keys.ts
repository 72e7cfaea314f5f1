import type { Keys, Shape, ValuesOf } from './shape.ts'
import type { tokenKeys } from './token-keys.ts'

const entryName = /^[A-Za-z0-9][\w.-]{0,63}$/
const variableName = /^[A-Za-z0-9_]{1,255}$/
const inputName = /^[A-Za-z0-9_.-]{1,255}$/
/** The number or the full path of a project. */
const projectName = /^[\p{L}\p{N}_.][\p{L}\p{N}_./+ -]{0,254}$/u

/** What these names may be, in words. */
export const allowedNames: ReadonlyMap<RegExp, string> = new Map([
  [entryName, 'letters, digits, _, . and -, first a letter or digit, at most 64'],
  [variableName, 'letters, digits and _, at most 255'],
  [inputName, 'letters, digits, _, . and -, at most 255'],
  [projectName, 'the number or the full path of a project'],
])

const text = (about: string) => ({ is: 'text', about }) as const
const secret = (about: string) => ({ is: 'text', about, isSecret: true }) as const

/** What to trigger. Allowed in a server entry, a recipe, a target, and at the top of a file. */
const what = {
  project: { is: 'number or text', about: 'the number or full path of the project' },
  ref: text('the branch or tag'),
  variables: { is: 'texts by name', about: 'variables to send', name: variableName },
  inputs: { is: 'input values by name', about: 'pipeline inputs to send (GitLab 17.11)', name: inputName },
} as const satisfies Keys

/** How to trigger. Allowed in a server entry, a recipe, and at the top of a file. */
const how = {
  api: { is: 'one of', about: 'the API to speak', words: ['v4', 'v3', 'auto'] },
  timeout: { is: 'number or text', about: 'the limit for a whole run, as 90s or 2m' },
  retry: { is: 'whole number', about: 'how often to try again what was provably not sent', most: 100 },
} as const satisfies Keys

/** A password manager, and what it has the token under (config/credentials/token-preset.ts). */
const manager = (about: string) =>
  ({
    is: 'text',
    about,
    form: {
      pattern: /^(keyring|pass:[^\s-]\S*|op:\/\/\S.*|vault:[^\s-][^\s#]*#[\w.-]+)$/,
      wanted: 'keyring, pass:PATH, op://VAULT/ITEM/FIELD or vault:PATH#FIELD',
    },
  }) as const

/** Where a program comes from: one word that is no flag. */
const source = (about: string) =>
  ({ is: 'text', about, form: { pattern: /^[^\s-]\S*$/, wanted: 'a name or URL without blanks' } }) as const

/** The name of a variable as shells know it, that is not a token of an older GitLab. */
const variable = (about: string) =>
  ({
    is: 'text',
    about,
    form: {
      pattern: /^(?![0-9a-f]{30}$)[A-Za-z_]\w*$/,
      wanted: 'the name of an environment variable: letters, digits and _',
    },
  }) as const

const command = (about: string) => ({ is: 'list of texts', about }) as const

/** Where a trigger token comes from. Allowed in a server entry, a project of it, a recipe and a target. */
const tokenSource = {
  token: secret('the trigger token itself; the file must be readable by you alone'),
  tokenFile: text('a file with the trigger token'),
  tokenEnv: variable('the environment variable with the trigger token'),
  tokenCommand: command('a program and its arguments that print the trigger token; run without a shell'),
  tokenFrom: manager(
    'a password manager with the trigger token: keyring, pass:PATH, op://..., vault:PATH#FIELD',
  ),
} as const satisfies Record<(typeof tokenKeys)[number], Shape>

/** The keys of a project in a server entry. */
const project = {
  id: { is: 'whole number', about: 'its number, where the name is its path', most: 2 ** 31 },
  ref: what.ref,
  variables: what.variables,
  inputs: what.inputs,
  ...tokenSource,
} as const satisfies Keys

/** The keys of a server entry. */
const server = {
  url: text('the address, as https://gitlab.example.com; a path prefix is kept'),
  ...what,
  ...how,
  ...tokenSource,
  projects: {
    is: 'entries by name',
    about: 'its projects, by number or full path, each with its own trigger token',
    name: projectName,
    entry: project,
  },
  apiToken: secret('an API token itself; the file must be readable by you alone'),
  apiTokenFile: text('a file with an API token'),
  apiTokenEnv: variable('the environment variable with an API token'),
  apiTokenCommand: command('a program and its arguments that print an API token; run without a shell'),
  apiTokenFrom: manager(
    'a password manager with an API token: keyring, pass:PATH, op://..., vault:PATH#FIELD',
  ),
  allowHttp: { is: 'yes or no', about: 'allow plain http to a host that is not this one' },
  caFile: text('extra CA certificates (PEM) for this server'),
  certFile: text('a client certificate (PEM)'),
  keyFile: text('the key of the client certificate (PEM)'),
  proxy: text('the proxy for this server, as http://proxy.example.com:3128'),
} as const satisfies Keys

const yesNo = (about: string) => ({ is: 'yes or no', about }) as const
const duration = (about: string) => ({ is: 'number or text', about }) as const

/** The keys of a recipe about following a pipeline. */
const following = {
  follow: yesNo('wait for the end of the pipeline, with the logs of its jobs'),
  wait: yesNo('wait for the end of the pipeline, without logs'),
  onManual: {
    is: 'one of',
    about: 'what to do with a pipeline that waits for manual action',
    words: ['fail', 'pass', 'wait', 'play'],
  },
  play: { is: 'list of texts', about: 'the names of manual jobs to start' },
  allowSkipped: yesNo('a skipped pipeline is a success'),
  failOnWarnings: yesNo('treat failed jobs with allow_failure as failure'),
  queueTimeout: duration('longest wait for a job to start, as 10m'),
  runTimeout: duration('give up this long after it started, as 1h'),
  reportTimeout: duration('the limit for logs and reports once it has finished, as 10m'),
  progress: {
    is: 'one of',
    about: 'how progress is shown on stderr: a live tree, one line for each change, or nothing',
    words: ['tree', 'lines', 'none'],
  },
  logs: { is: 'list of texts', about: 'whose logs to print: all, none, failed, or names of jobs' },
  cancelOnTimeout: yesNo('cancel the pipeline when a limit is reached'),
} as const satisfies Keys

/** The keys of a recipe. */
const recipe = {
  extends: text('the recipe that this one adds to'),
  server: text('the name of the server'),
  ...what,
  ...how,
  ...tokenSource,
  jobs: yesNo('wait for the jobs and print their ids too'),
  ...following,
  exitCodes: { is: 'codes by code', about: 'exit codes to use instead of the usual ones, as 3: 0' },
  targets: {
    is: 'list of entries',
    about: 'several projects or refs, triggered in order',
    entry: { server: text('the name of its server'), ...what, ...tokenSource },
  },
} as const satisfies Keys

/** The keys of a config file. A project's file may have only `projectKeys`. */
export const fileKeys = {
  default: text('the name of the server that is used when none is given'),
  servers: { is: 'entries by name', about: 'the servers, by name', name: entryName, entry: server },
  recipes: { is: 'entries by name', about: 'triggers ready to run, by name', name: entryName, entry: recipe },
  ...what,
  ...how,
  image: source('the container image with gitlab-trigger, for printed schedules'),
  package: source('the npm package with gitlab-trigger, for printed schedules'),
} as const satisfies Keys

/**
 * The keys that a project's file may have, even if it is trusted: nothing that sets an address, secret,
 * program or file (docs/guarantees.md#3.7).
 */
export const projectKeys: ReadonlySet<string> = new Set(['default', 'recipes', ...Object.keys(what)])

/** The content of a config file. */
export type FileData = ValuesOf<typeof fileKeys>
/** The content of a server entry. */
export type ServerEntry = ValuesOf<typeof server>
/** The content of a project in a server entry. */
export type ProjectEntry = ValuesOf<typeof project>
/** Where a trigger token comes from. */
export type TokenKeys = ValuesOf<typeof tokenSource>
/** The content of a recipe. */
export type Recipe = ValuesOf<typeof recipe>
