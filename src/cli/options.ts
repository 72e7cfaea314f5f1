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
      help: 'write PIPELINE_ID, _URL, _STATUS, _IID, _SHA for artifacts:reports:dotenv',
    },
    { flags: '--junit <path>', help: "write the pipeline's test report as JUnit XML, after its end" },
    {
      flags: '--artifacts <folder>',
      help: 'unpack the artifacts of all jobs, after the end, each into a folder there',
    },
    { flags: '--artifacts-of <job>', help: 'only those of the jobs of this name', isRepeatable: true },
  ],
}

/** The flags of `run`. */
export const runOptions: readonly OptionGroup[] = [
  {
    title: 'What to trigger:',
    rows: [
      { flags: '-s, --server <name>', help: 'a server of your config, or https://gitlab.example.com' },
      { flags: '-p, --project <id>', help: 'its number (9) or full path (group/name)' },
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
      { flags: '-q, --quiet', help: 'print nothing on success' },
      { flags: '--verbose', help: 'say where every value came from, and each request' },
      {
        flags: '-n, --dry-run',
        help: 'print the request instead of sending it',
        conflicts: ['quiet', 'curl', 'jobs'],
      },
      { flags: '--curl', help: 'print an equivalent curl line instead', conflicts: ['quiet', 'jobs'] },
      { flags: '--no-color', help: 'no colours (also NO_COLOR; FORCE_COLOR forces them)' },
    ],
  },
  {
    title: 'One build:',
    rows: [
      {
        flags: '--once <key>',
        help: 'with a key that was used before, print that build instead of starting one',
      },
      { flags: '--verify', help: 'look up a build whose answer was lost (default with an API token)' },
      { flags: '--no-verify', help: 'do not look it up' },
      { flags: '--marker', help: 'send a unique variable GITLAB_TRIGGER_ID to look it up by' },
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
      { flags: '--timeout <duration>', help: 'limit for the whole run, as 90s, 2m (default: 90s)' },
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
      { flags: '--gitlab <version>', help: '8.5, 8.17, 10.3 or 18.9: whose answers to give (default: 18.9)' },
    ],
  },
]
