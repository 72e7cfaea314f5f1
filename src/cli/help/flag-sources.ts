import type { CommandRow } from '../table/command.ts'

/** Where else the value of a flag may come from. */
interface Sources {
  /** Environment variables. */
  env?: string
  /** The key of a config file. */
  key?: string
}

/** Of the flags of every command that reads the settings. */
const shared: Readonly<Record<string, Sources>> = {
  server: { env: 'GITLAB_TRIGGER_SERVER', key: 'default' },
  project: { env: 'GITLAB_TRIGGER_PROJECT', key: 'project' },
  tokenFile: { env: 'GITLAB_TRIGGER_TOKEN_FILE', key: 'tokenFile' },
  token: { env: 'GITLAB_TRIGGER_TOKEN', key: 'token' },
  apiTokenFile: { env: 'GITLAB_TRIGGER_API_TOKEN', key: 'apiTokenFile' },
  config: { env: 'GITLAB_TRIGGER_CONFIG' },
  api: { key: 'api' },
  proxy: { env: 'https_proxy, http_proxy, all_proxy', key: 'proxy' },
  cacert: { env: 'NODE_EXTRA_CA_CERTS', key: 'caFile' },
  cert: { key: 'certFile' },
  key: { key: 'keyFile' },
  allowHttp: { key: 'allowHttp' },
  color: { env: 'NO_COLOR' },
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
  ...Object.fromEntries(
    [
      ...['onManual', 'play', 'allowSkipped', 'failOnWarnings', 'queueTimeout', 'runTimeout'],
      ...['reportTimeout', 'progress', 'logs', 'cancelOnTimeout'],
    ].map((name) => [name, { key: name }]),
  ),
  image: { key: 'image' },
  package: { key: 'package' },
}

/** Commands whose flags are all that they go by, or mean something else than the settings. */
const withoutSettings = /^(login|logout|sandbox|history|completion|config (get|set|unset|edit-token|list))$/

const takesRecipe = ({ name, arguments: words = '' }: CommandRow): boolean =>
  name === 'batch' || words.includes('recipe')

/** Where else the value of this flag of a command may come from; nowhere for most. */
export function sourcesOf(row: CommandRow, flag: string): Sources {
  if (withoutSettings.test(row.name)) return {}
  const found = Object.hasOwn(shared, flag) ? shared[flag] : undefined
  const ofRecipe = takesRecipe(row) && Object.hasOwn(ofTriggers, flag) ? ofTriggers[flag] : undefined
  return found ?? ofRecipe ?? {}
}

/** The same in brackets, behind the help of the flag; '' for none. */
export function sourcesText(row: CommandRow, flag: string): string {
  const { env, key } = sourcesOf(row, flag)
  const parts = [env && `env: ${env}`, key && `config: ${key}`].filter((part) => part !== undefined)
  return parts.length === 0 ? '' : ` [${parts.join('; ')}]`
}
