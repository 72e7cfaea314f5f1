import {
  json,
  noColor,
  pipelineRows,
  quiet,
  triggerTokenRows,
  verbose,
  type OptionGroup,
  type OptionRow,
} from './index.ts'

const ownHelp: Readonly<Record<string, string>> = {
  '--api-token-file': 'file with an API token, mode 0600',
  '--timeout': 'limit for the whole run, as 90s, 2m (default: 90s)',
}

/** Where the project is, and as whom. */
const place: readonly OptionGroup[] = pipelineRows.map(({ title, rows }) => ({
  title,
  rows: rows.map((row) => {
    const own = Object.entries(ownHelp).find(([flag]) => row.flags.startsWith(`${flag} `))
    return own ? { ...row, help: own[1] } : row
  }),
}))

const testedPlace: readonly OptionGroup[] = place.map(({ title, rows }) =>
  title === 'Credentials:' ? { title, rows: [...triggerTokenRows, ...rows] } : { title, rows },
)

const output = (...rows: OptionRow[]): OptionGroup => ({
  title: 'Output:',
  rows: [{ ...json, conflicts: [] }, ...rows, verbose, noColor],
})

const description: OptionRow = { flags: '--description <text>', help: 'what the token is for' }
const yes: OptionRow = { flags: '-y, --yes', help: 'do it without asking; needed where there is no terminal' }

const expires: OptionRow = {
  flags: '--expires <date>',
  help: 'when it ends: 2027-01-31, 90d or never (GitLab 17; default: never, or as GitLab says)',
}

/** Where a new token is stored. */
const stores: readonly OptionRow[] = [
  {
    flags: '--save-to <path>',
    help: 'store the token in this new file of mode 0600; never over one that is there',
    conflicts: ['saveToServer'],
  },
  { flags: '--save-to-server <name>', help: 'store the token for this server of your config' },
]

/** The flags of `tokens list`. */
export const tokensListOptions: readonly OptionGroup[] = [
  {
    title: 'What to list:',
    rows: [
      { flags: '--unused-for <span>', help: 'only those not used for so long, as 90d, 12w' },
      { flags: '--show-token', help: 'whole tokens, as far as they are yours' },
    ],
  },
  output(),
  ...place,
]

/** The flags of `tokens create`. */
export const tokensCreateOptions: readonly OptionGroup[] = [
  { title: 'The token:', rows: [description, expires, ...stores] },
  output(),
  ...place,
]

/** The flags of `tokens update`. */
export const tokensUpdateOptions: readonly OptionGroup[] = [
  { title: 'The token:', rows: [description] },
  output(),
  ...place,
]

/** The flags of `tokens revoke`. */
export const tokensRevokeOptions: readonly OptionGroup[] = [
  { title: 'Options:', rows: [yes] },
  output({ ...quiet, conflicts: ['json'] }),
  ...place,
]

/** The flags of `tokens rotate`. */
export const tokensRotateOptions: readonly OptionGroup[] = [
  {
    title: 'The new token:',
    rows: [
      ...stores,
      { ...description, help: 'what it is for (default: as the old one)' },
      { ...expires, help: 'when it ends: 2027-01-31, 90d or never; must be said where the old one ends' },
      yes,
    ],
  },
  output(),
  ...place,
]

/** The flags of `tokens test`: those that say which trigger token `run` would use. */
export const tokensTestOptions: readonly OptionGroup[] = [output(), ...testedPlace]

/** The flags of `projects`. */
export const projectsOptions: readonly OptionGroup[] = [
  {
    title: 'What to look for:',
    rows: [
      { flags: '--mine', help: 'only projects that you are a member of' },
      { flags: '--limit <count>', help: 'at most so many (default: 100)' },
    ],
  },
  output(),
  ...place.map(({ title, rows }) => ({ title, rows: rows.filter(({ flags }) => !flags.startsWith('-p')) })),
]

/** The flags of `refs`. */
export const refsOptions: readonly OptionGroup[] = [output(), ...place]
