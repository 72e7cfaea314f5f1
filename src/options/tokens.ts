import type { CommandOptions, FlagsOf, FlagsOfRows, OptionRows } from './option.ts'
import { pipelineOptions } from './pipelines.ts'
import { colorRow, jsonRow, quietRow, triggerTokenRows, verboseRow } from './shared.ts'

/** The options of commands that are about one project: where it is, and as whom. */
export const projectOptions = pipelineOptions

/** How commands on one project print what they find. */
export const outputGroup = {
  heading: 'Output:',
  rows: { ...jsonRow, ...verboseRow, ...colorRow },
} as const

const description = { value: 'text', help: 'what the token is for' } as const

const yesRow = {
  yes: { short: 'y', help: 'do it without asking; needed where there is no terminal' },
} as const satisfies OptionRows

const expires = {
  value: 'date',
  help: 'expiry date: 2027-01-31, 90d or never (GitLab 17; it works until GitLab deletes it)',
} as const

/** Where a new token is stored. */
const storeRows = {
  saveTo: {
    value: 'path',
    writes: true,
    help: 'store the token in this new file (mode 0600)',
    conflicts: ['saveToServer'],
  },
  saveToServer: { value: 'name', help: 'store the token for this server of your config' },
} as const satisfies OptionRows

/** The options of `tokens list`. */
export const tokensListOptions = {
  choice: {
    heading: 'What to list:',
    rows: {
      unusedFor: { value: 'span', help: 'only those not used for so long, as 90d, 12w' },
      showToken: { help: 'full values of tokens that you own' },
    },
  },
  output: outputGroup,
  ...projectOptions,
} as const satisfies CommandOptions

/** The options of `tokens create`. */
export const tokensCreateOptions = {
  token: { heading: 'The token:', rows: { description, expires, ...storeRows } },
  output: outputGroup,
  ...projectOptions,
} as const satisfies CommandOptions

/** The options of `tokens update`. */
export const tokensUpdateOptions = {
  token: { heading: 'The token:', rows: { description } },
  output: outputGroup,
  ...projectOptions,
} as const satisfies CommandOptions

/** The options of `tokens revoke`. */
export const tokensRevokeOptions = {
  question: { heading: 'Options:', rows: yesRow },
  output: {
    heading: 'Output:',
    rows: { ...jsonRow, quiet: { ...quietRow.quiet, conflicts: ['json'] }, ...verboseRow, ...colorRow },
  },
  ...projectOptions,
} as const satisfies CommandOptions

/** The options of `tokens rotate`. */
export const tokensRotateOptions = {
  token: {
    heading: 'The new token:',
    rows: {
      ...storeRows,
      description: { ...description, help: 'what it is for (default: as the old one)' },
      expires: {
        ...expires,
        help: 'expiry date: 2027-01-31, 90d or never (needed if the old one expires)',
      },
      ...yesRow,
    },
  },
  output: outputGroup,
  ...projectOptions,
} as const satisfies CommandOptions

/** The options of `tokens test`: those that say which trigger token `run` would use. */
export const tokensTestOptions = {
  output: outputGroup,
  ...projectOptions,
  credentials: {
    ...projectOptions.credentials,
    rows: { ...triggerTokenRows, ...projectOptions.credentials.rows },
  },
} as const satisfies CommandOptions

/** What was typed about the place of a new token. */
export type StoreFlags = FlagsOfRows<typeof storeRows>

/** What was typed for `tokens list`. */
export type TokensListFlags = FlagsOf<typeof tokensListOptions>

/** What was typed for `tokens create`. */
export type TokensCreateFlags = FlagsOf<typeof tokensCreateOptions>

/** What was typed for `tokens update`. */
export type TokensUpdateFlags = FlagsOf<typeof tokensUpdateOptions>

/** What was typed for `tokens revoke`. */
export type TokensRevokeFlags = FlagsOf<typeof tokensRevokeOptions>

/** What was typed for `tokens rotate`. */
export type TokensRotateFlags = FlagsOf<typeof tokensRotateOptions>

/** What was typed for `tokens test`. */
export type TokensTestFlags = FlagsOf<typeof tokensTestOptions>
