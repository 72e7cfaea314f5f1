import { policyKeys } from '../../config/follow-keys.ts'
import type { CommandRow } from '../table/command.ts'

/** Where else the value of a flag may come from. */
interface Sources {
  /** Environment variables. */
  env?: string
  /** The key of a config file. */
  key?: string
}

/** Of the flags of every command. */
const everywhere: Readonly<Record<string, Sources>> = {
  config: { env: 'GITLAB_TRIGGER_CONFIG' },
  color: { env: 'NO_COLOR' },
}

/** Of the flags of every command that reads the settings. */
const shared: Readonly<Record<string, Sources>> = {
  server: { env: 'GITLAB_TRIGGER_SERVER', key: 'default' },
  project: { env: 'GITLAB_TRIGGER_PROJECT', key: 'project' },
  tokenFile: { env: 'GITLAB_TRIGGER_TOKEN_FILE', key: 'tokenFile' },
  token: { env: 'GITLAB_TRIGGER_TOKEN', key: 'token' },
  apiTokenFile: { env: 'GITLAB_TRIGGER_API_TOKEN (the token itself)', key: 'apiTokenFile' },
  api: { key: 'api' },
  proxy: { env: 'https_proxy, http_proxy, all_proxy', key: 'proxy' },
  cacert: { key: 'caFile' },
  cert: { key: 'certFile' },
  key: { key: 'keyFile' },
  allowHttp: { key: 'allowHttp' },
}

/** Of the flags of commands that trigger, or print a trigger: what a server entry and a recipe may hold besides. */
const ofTriggers: Readonly<Record<string, Sources>> = {
  ref: { env: 'GITLAB_TRIGGER_REF', key: 'ref' },
  var: { key: 'variables' },
  input: { key: 'inputs' },
  timeout: { key: 'timeout' },
  retry: { key: 'retry' },
  jobs: { key: 'jobs' },
  follow: { key: 'follow' },
  wait: { key: 'wait' },
  ...Object.fromEntries(policyKeys.map((key) => [key, { key }])),
  image: { key: 'image' },
  package: { key: 'package' },
}

/** Commands whose flags are all that they go by, or mean something else than the settings. */
const withoutSettings = /^(login|logout|sandbox|history|completion|config (get|set|unset|edit-token|list))$/

const takesRecipe = ({ name, arguments: words = '' }: CommandRow): boolean =>
  name === 'batch' || words.includes('recipe')

/** Where else the value of this flag of a command may come from; nowhere for most. */
export function sourcesOf(row: CommandRow, flag: string): Sources {
  const tables = withoutSettings.test(row.name)
    ? [everywhere]
    : [everywhere, shared, ...(takesRecipe(row) ? [ofTriggers] : [])]
  return tables.find((table) => Object.hasOwn(table, flag))?.[flag] ?? {}
}

/** The same in brackets, behind the help of the flag; '' for none. */
export function sourcesText(row: CommandRow, flag: string): string {
  const { env, key } = sourcesOf(row, flag)
  const parts = [env && `env: ${env}`, key && `config: ${key}`].filter((part) => part !== undefined)
  return parts.length === 0 ? '' : ` [${parts.join('; ')}]`
}
