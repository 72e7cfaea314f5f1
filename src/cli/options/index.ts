/** One flag: a row from which parsing, help and README are made. No defaults: flags hold only what was typed. */
export interface OptionRow {
  /** As commander and the help write it: `-r, --ref <name>`. */
  flags: string
  help: string
  /** May be given several times; every other flag with a value only once. */
  isRepeatable?: true
  /** Flags that exclude this one, as attribute names. */
  conflicts?: readonly string[]
}

/** Flags under one heading of the help. */
export interface OptionGroup {
  title: string
  rows: readonly OptionRow[]
}

/** Which config files are read. */
const configRows: readonly OptionRow[] = [
  { flags: '--config <path>', help: 'use this config file and no other' },
  { flags: '--no-config', help: 'read no config file' },
]

/** The flags of `config path`. */
export const configPathOptions: readonly OptionGroup[] = [
  { title: 'Options:', rows: [...configRows, { flags: '--json', help: 'print one JSON object' }] },
]

/** The flags of `history`. */
export const historyOptions: readonly OptionGroup[] = [
  { title: 'Options:', rows: [{ flags: '--json', help: 'print one JSON object' }] },
]

/** The flags of `config edit-token`. */
export const editTokenOptions: readonly OptionGroup[] = [
  {
    title: 'Options:',
    rows: [
      ...configRows,
      { flags: '--api', help: 'the API token, which may read, instead of the trigger token' },
    ],
  },
]

/** What is written for the job that runs us: flags of the commands that see the end of a pipeline. */
export const reportOptions: OptionGroup = {
  title: 'Reports:',
  rows: [
    {
      flags: '--dotenv <path>',
      help: 'write PIPELINE_ID, _URL, _STATUS, _IID, _SHA (dotenv report)',
    },
    { flags: '--junit <path>', help: "write the pipeline's test report as JUnit XML, after its end" },
    {
      flags: '--artifacts <folder>',
      help: 'unpack the artifacts of all jobs there, after the end',
    },
    { flags: '--artifacts-of <job>', help: 'only those of the jobs of this name', isRepeatable: true },
  ],
}

/** The flag of commands that print one object. */
export const json: OptionRow = { flags: '--json', help: 'print one JSON object', conflicts: ['quiet'] }
/** The flag of commands that follow a pipeline. */
const events: OptionRow = {
  flags: '--events',
  help: 'print every change as a line of JSON',
  conflicts: ['quiet', 'json'],
}
/** The flag of commands that may be silent. */
export const quiet: OptionRow = { flags: '-q, --quiet', help: 'print nothing on success' }
/** The flag of commands that speak to a server. */
export const verbose: OptionRow = {
  flags: '--verbose',
  help: 'say where every value came from, and each request',
}
/** The flag of commands that use colours. */
export const noColor: OptionRow = {
  flags: '--no-color',
  help: 'no colours (also NO_COLOR; FORCE_COLOR forces them)',
}

/** How a pipeline is followed to its end. */
const followRows: readonly OptionRow[] = [
  {
    flags: '--on-manual <policy>',
    help: 'when it waits for a person: fail, pass, wait, or play jobs (default: fail)',
  },
  { flags: '--play <job>', help: 'start this job when it waits for a person', isRepeatable: true },
  { flags: '--allow-skipped', help: 'a skipped pipeline is a success' },
  { flags: '--fail-on-warnings', help: 'a job that failed and may is no success' },
  { flags: '--queue-timeout <duration>', help: 'limit until something of it has started' },
  { flags: '--run-timeout <duration>', help: 'limit from its start to its end' },
  {
    flags: '--retry-grace <duration>',
    help: 'go on looking at one that failed, in case it is retried (default: 5s)',
  },
  { flags: '--poll-grace <duration>', help: 'how long looks may fail before contact is lost (default: 10m)' },
  {
    flags: '--poll-interval <duration>',
    help: 'look at a fixed pace (default: fast near a change, else slow)',
  },
  {
    flags: '--logs <which>',
    help: 'all, none, failed, or a job by its name (default: all on a terminal, else failed)',
    isRepeatable: true,
  },
  { flags: '--log-lines <count>', help: 'of a failed job, print so many last lines (default: 50)' },
  { flags: '--cancel-on-interrupt', help: 'at Ctrl-C or TERM cancel the pipeline instead of leaving it' },
  { flags: '--cancel-on-timeout', help: 'cancel the pipeline when a limit is reached' },
]

/** The flags of `run`. */
export const runOptions: readonly OptionGroup[] = [
  {
    title: 'What to trigger:',
    rows: [
      { flags: '-s, --server <name>', help: 'a server of your config, or https://gitlab.example.com' },
      { flags: '-p, --project <id>', help: 'its number (9), full path (group/name) or web URL' },
      { flags: '-r, --ref <name>', help: 'branch or tag; commit SHA on GitLab 8.1 to 8.10' },
    ],
  },
  {
    title: 'Variables and inputs:',
    rows: [
      {
        flags: '--var <key=value>',
        help: 'a variable, exactly as typed; KEY alone takes the environment variable of that name',
        isRepeatable: true,
      },
      { flags: '--var-file <key=path>', help: "a variable from a file's exact content", isRepeatable: true },
      {
        flags: '--vars-from <path>',
        help: 'variables from a .json, .yaml or dotenv file, or dotenv on stdin (-)',
        isRepeatable: true,
      },
      {
        flags: '--input <key=value>',
        help: 'a pipeline input, as a string (GitLab 17.11)',
        isRepeatable: true,
      },
      {
        flags: '--input-json <key=json>',
        help: 'a pipeline input that is a number, boolean or array',
        isRepeatable: true,
      },
    ],
  },
  {
    title: 'Credentials:',
    rows: [
      { flags: '--token-file <path>', help: 'file with the trigger token, mode 0600; - is stdin' },
      { flags: '--token-stdin', help: 'read the trigger token from stdin' },
      {
        flags: '-t, --token <token>',
        help: 'the trigger token itself (every user of the machine can see it)',
      },
      { flags: '--api-token-file <path>', help: 'file with a token that may read, for --jobs' },
    ],
  },
  {
    title: 'Output:',
    rows: [
      {
        flags: '--jobs',
        help: 'wait for the jobs of the build and print their ids too',
        conflicts: ['quiet'],
      },
      { flags: '--json', help: 'print one JSON object instead of the id', conflicts: ['quiet', 'curl'] },
      {
        flags: '--events',
        help: 'print every change as a line of JSON instead of the id',
        conflicts: ['quiet', 'json', 'curl', 'dryRun'],
      },
      quiet,
      verbose,
      {
        flags: '-n, --dry-run',
        help: 'print the request instead of sending it',
        conflicts: ['quiet', 'curl', 'jobs'],
      },
      { flags: '--curl', help: 'print an equivalent curl line instead', conflicts: ['quiet', 'jobs'] },
      noColor,
    ],
  },
  {
    title: 'To the end:',
    rows: [
      {
        flags: '--follow',
        help: 'wait for the end of the pipeline, with the logs of its jobs; the exit code is 0 only for success',
        conflicts: ['wait'],
      },
      { flags: '--wait', help: 'the same without logs' },
      ...followRows,
    ],
  },
  reportOptions,
  {
    title: 'One build:',
    rows: [
      {
        flags: '--once <key>',
        help: 'with a key that was used before, print that build instead of starting one',
      },
      {
        flags: '--resume',
        help: 'the same in a CI job that is run again: no key, and with an API token no journal is needed',
        conflicts: ['once', 'marker'],
      },
      {
        flags: '--expect-sha <sha>',
        help: 'cancel a pipeline that is created for another commit, and exit with 3',
      },
      { flags: '--verify', help: 'look up a build whose answer was lost (default with an API token)' },
      { flags: '--no-verify', help: 'do not look it up' },
      { flags: '--marker', help: 'send a unique variable GITLAB_TRIGGER_ID to look it up by' },
    ],
  },
  {
    title: 'Unattended:',
    rows: [
      { flags: '--lock <name>', help: 'only one run at a time with this name; the others end with 10' },
      {
        flags: '--jitter <duration>',
        help: 'first wait up to so long: always the same on one host for one trigger',
      },
      {
        flags: '--skip-if-running',
        help: 'start none while an earlier pipeline of that ref and kind runs: exit 10 (API token)',
      },
      {
        flags: '--only-if-changed',
        help: 'start none where the ref has not moved since the last time: exit 0 (API token)',
      },
      { flags: '--log-file <path>', help: 'add one JSON line to this file for each run' },
      { flags: '--heartbeat <url>', help: 'GET this address after success' },
    ],
  },
  {
    title: 'Configuration:',
    rows: configRows,
  },
  {
    title: 'Connection:',
    rows: [
      { flags: '--api <version>', help: 'v4, v3 or auto: v4, and v3 where there is no v4 (default: auto)' },
      {
        flags: '--timeout <duration>',
        help: 'limit for the whole run, or with --follow for the trigger, as 90s, 2m (default: 90s)',
      },
      {
        flags: '--retry <count>',
        help: 'repeat what was provably not sent, or was rate limited (default: 3)',
      },
      {
        flags: '--retry-ambiguous',
        help: 'repeat also what may have been processed: this can start two builds',
      },
      { flags: '--proxy <url>', help: 'go through this proxy; none goes without one' },
      { flags: '--cacert <path>', help: 'trust the authorities in this file (PEM) too' },
      { flags: '--cert <path>', help: 'a client certificate (PEM)' },
      { flags: '--key <path>', help: 'the key of the client certificate (PEM)' },
      { flags: '--insecure', help: "do not check the server's certificate" },
      { flags: '--allow-http', help: 'allow plain http to a host that is not this one' },
    ],
  },
]

const pick = (title: string, wanted: RegExp): OptionRow[] =>
  runOptions
    .flatMap((group) => (group.title === title ? group.rows : []))
    .filter(({ flags }) => wanted.test(flags))

/** The flags of commands that are about a pipeline that exists: where it is, and as whom. */
export const pipelineRows: readonly OptionGroup[] = [
  { title: 'Where it is:', rows: pick('What to trigger:', /--(server|project) /) },
  { title: 'Credentials:', rows: pick('Credentials:', /--api-token-file /) },
  { title: 'Configuration:', rows: configRows },
  { title: 'Connection:', rows: pick('Connection:', /^--(?!retry)/) },
]

/** The flags that say which trigger token to use. */
export const triggerTokenRows = pick('Credentials:', /--token/)

/** The flags of `wait`. */
export const waitOptions: readonly OptionGroup[] = [
  { title: 'To the end:', rows: followRows },
  reportOptions,
  { title: 'Output:', rows: [json, events, quiet, verbose, noColor] },
  ...pipelineRows.map(({ title, rows }) => ({
    title,
    rows: rows.map((row) =>
      row.flags.startsWith('--timeout ')
        ? { ...row, help: 'limit for the whole wait (default: none, see --run-timeout)' }
        : row,
    ),
  })),
]

/** The flags of `status`. */
export const statusOptions: readonly OptionGroup[] = [
  {
    title: 'Output:',
    rows: [{ flags: '--json', help: 'print one JSON object for each pipeline' }, verbose, noColor],
  },
  ...pipelineRows,
]

/** The flags of `logs`. */
export const logsOptions: readonly OptionGroup[] = [
  {
    title: 'Which logs:',
    rows: [
      { flags: '--job <job>', help: 'of this job only, by its name or id', isRepeatable: true },
      {
        flags: '--failed',
        help: 'of failed jobs only, their last 50 lines (see --lines)',
        conflicts: ['job'],
      },
      { flags: '--lines <count>', help: 'only the last lines of each', conflicts: ['follow'] },
      { flags: '-f, --follow', help: 'print what comes until the pipeline, or the jobs of --job, are over' },
      ...followRows.filter(({ flags }) => /^--poll-(grace|interval) /.test(flags)),
    ],
  },
  {
    title: 'Output:',
    rows: [
      {
        flags: '--raw',
        help: 'the exact bytes of one log, for a file or a pipe: nothing is made safe or masked',
        conflicts: ['failed', 'lines'],
      },
      verbose,
      noColor,
    ],
  },
  ...pipelineRows,
]

/** The flags of `cancel`. */
export const cancelOptions: readonly OptionGroup[] = [
  {
    title: 'Options:',
    rows: [{ flags: '--no-downstream', help: 'leave the pipelines that it started in other projects alone' }],
  },
  { title: 'Output:', rows: [json, quiet, verbose, noColor] },
  ...pipelineRows,
]

/** The flags of `retry`. */
export const retryOptions: readonly OptionGroup[] = [
  {
    title: 'To the end:',
    rows: [
      { flags: '--follow', help: 'wait for the end, with the logs of its jobs', conflicts: ['wait'] },
      { flags: '--wait', help: 'wait for the end' },
      ...followRows,
    ],
  },
  reportOptions,
  { title: 'Output:', rows: [json, events, quiet, verbose, noColor] },
  ...pipelineRows,
]

/** The flags of `doctor`: those of `run` that say where, and as whom. */
export const doctorOptions: readonly OptionGroup[] = [
  {
    title: 'What to look at:',
    rows: runOptions.flatMap(({ rows }) => rows).filter(({ flags }) => /--(server|project) /.test(flags)),
  },
  ...runOptions
    .filter(({ title }) => /^(Credentials|Configuration|Connection):$/.test(title))
    .map(({ title, rows }) => ({ title, rows: rows.filter(({ flags }) => !flags.startsWith('--retry')) })),
  {
    title: 'Output:',
    rows: [
      { flags: '--json', help: 'print one JSON object: checks and exit_code' },
      { flags: '--no-color', help: 'no colours (also NO_COLOR; FORCE_COLOR forces them)' },
    ],
  },
]

/** The flags of `sandbox`. */
export const sandboxOptions: readonly OptionGroup[] = [
  {
    title: 'Options:',
    rows: [
      { flags: '--port <number>', help: 'port on 127.0.0.1 (default: a free one)' },
      { flags: '--prefix <path>', help: 'serve under a path, as a GitLab with a relative URL' },
      { flags: '--pace <duration>', help: "how long each step of a pipeline's life takes (default: 1s)" },
      {
        flags: '--gitlab <version>',
        help: '8.5, 8.17, 10.3, 18.9 or 19: whose answers to give (default: 18.9)',
      },
      {
        flags: '--set <name=value>',
        help: 'change a setting of project 9, such as role=reporter (a wrong one lists all)',
        isRepeatable: true,
      },
    ],
  },
]
