import type { CommandOptions, FlagsOf } from './option.ts'
import { configFileOptions } from './setup.ts'
import { limitRows, transportRows } from './shared.ts'

/** The options of `login`. */
export const loginOptions = {
  what: {
    heading: 'What to set up (asked for at a terminal):',
    rows: {
      url: { value: 'url', help: 'the address of GitLab, as https://gitlab.example.com' },
      name: { value: 'name', help: 'its name in your config (default: its host)' },
      project: { short: 'p', value: 'id', help: 'a project: its number, full path or URL' },
      ref: { short: 'r', value: 'ref', help: 'the branch or tag to trigger by default' },
      tokenFile: { value: 'path', help: 'file to read the trigger token from' },
      tokenStdin: { help: 'read the trigger token from stdin' },
      createToken: { help: 'create a trigger token with the API token' },
      apiTokenFile: { value: 'path', help: 'file to read an API token from' },
    },
  },
  config: { ...configFileOptions.all, heading: 'Configuration:' },
  connection: { heading: 'Connection:', rows: { ...limitRows, ...transportRows } },
} as const satisfies CommandOptions

/** The options of `logout`. */
export const logoutOptions = {
  all: {
    heading: 'Options:',
    rows: { ...configFileOptions.all.rows, all: { help: 'the tokens of all servers' } },
  },
} as const satisfies CommandOptions

/** What was typed for `login`. */
export type LoginFlags = FlagsOf<typeof loginOptions>

/** What was typed for `logout`. */
export type LogoutFlags = FlagsOf<typeof logoutOptions>
