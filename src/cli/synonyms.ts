import { nearest } from '../core/did-you-mean.ts'
import { commandTable, groupTable } from './table/index.ts'

/** What people type out of habit, and what it is called here. Only suggested, never run. */
const commands: Readonly<Record<string, string>> = {
  ...{ trigger: 'run', start: 'run', create: 'run', build: 'run', 'run-trig': 'run' },
  ...{ pipeline: 'pipelines', list: 'pipelines', ls: 'pipelines', recent: 'pipelines' },
  ...{ show: 'status', view: 'status', get: 'status', state: 'status' },
  ...{ completions: 'completion', autocomplete: 'completion' },
  ...{ browse: 'open', web: 'open', browser: 'open' },
  ...{ watch: 'wait', follow: 'wait', log: 'logs', trace: 'logs', tail: 'logs' },
  ...{ stop: 'cancel', abort: 'cancel', kill: 'cancel', rerun: 'retry', restart: 'retry' },
  ...{ branches: 'refs', tags: 'refs', branch: 'refs', tag: 'refs', ref: 'refs' },
  ...{ project: 'projects', search: 'projects', repo: 'projects', repos: 'projects' },
  ...{ token: 'tokens', artifact: 'artifacts', download: 'artifacts', job: 'play' },
  ...{ auth: 'login', signin: 'login', signout: 'logout', init: 'config init', setup: 'login' },
  ...{ configure: 'login', settings: 'config show', env: 'config show', recipes: 'config show' },
  ...{ cron: 'schedule cron', crontab: 'schedule cron', schedules: 'schedule gitlab list' },
  ...{ version: '--version', check: 'doctor', test: 'doctor', verify: 'doctor', diagnose: 'doctor' },
  ...{ mock: 'sandbox', server: 'sandbox', demo: 'sandbox', log_history: 'history' },
  ...{ 'tokens delete': 'tokens revoke', 'tokens remove': 'tokens revoke', 'tokens rm': 'tokens revoke' },
  ...{ 'tokens ls': 'tokens list', 'tokens show': 'tokens list', 'tokens get': 'tokens list' },
  ...{ 'tokens add': 'tokens create', 'tokens new': 'tokens create', 'tokens make': 'tokens create' },
  ...{ 'tokens edit': 'tokens update', 'tokens rename': 'tokens update', 'tokens check': 'tokens test' },
  ...{
    'tokens renew': 'tokens rotate',
    'tokens refresh': 'tokens rotate',
    'tokens replace': 'tokens rotate',
  },
  ...{ 'config ls': 'config list', 'config remove': 'config unset', 'config delete': 'config unset' },
  ...{ 'config where': 'config path', 'config file': 'config path', 'config new': 'config init' },
  ...{ 'config token': 'config edit-token', 'config set-token': 'config edit-token' },
  ...{ 'schedule ls': 'schedule gitlab list', 'schedule list': 'schedule gitlab list' },
  ...{ 'schedule create': 'schedule gitlab create', 'schedule delete': 'schedule gitlab delete' },
  ...{ 'schedule run': 'schedule gitlab run', 'schedule crontab': 'schedule cron' },
  ...{ 'schedule gitlab ls': 'schedule gitlab list', 'schedule gitlab show': 'schedule gitlab list' },
  ...{ 'schedule gitlab remove': 'schedule gitlab delete', 'schedule gitlab rm': 'schedule gitlab delete' },
  ...{ 'schedule gitlab add': 'schedule gitlab create', 'schedule gitlab new': 'schedule gitlab create' },
  ...{ 'schedule gitlab play': 'schedule gitlab run', 'schedule gitlab start': 'schedule gitlab run' },
}

/** The same for flags; of several names the first that the command takes. */
const flags: Readonly<Record<string, string>> = {
  ...{ '--branch': '--ref', '--tag': '--ref', '-b': '--ref' },
  ...{ '--variable': '--var', '--variables': '--var', '--env': '--var', '-e': '--var', '--vars': '--var' },
  ...{
    '--watch': '--follow',
    '--tail': '--lines --follow',
    '-w': '--wait',
    '-v': '--verbose',
    '--debug': '--verbose',
  },
  ...{ '--host': '--server', '--hostname': '--server', '--url': '--server', '--instance': '--server' },
  ...{ '--project-id': '--project', '--repo': '--project', '--id': '--project', '-R': '--project' },
  ...{
    '--private-token': '--api-token-file',
    '--api-token': '--api-token-file',
    '--pat': '--api-token-file',
  },
  ...{
    '--trigger-token': '--token-file',
    '--dryrun': '--dry-run',
    '--output': '--json',
    '--format': '--json',
  },
  ...{ '--browser': '--web', '--open': '--web' },
  ...{ '--force': '--yes', '-y': '--yes', '--silent': '--quiet', '-k': '--insecure', '--ca': '--cacert' },
}

const of = (table: Readonly<Record<string, string>>, word: string): string | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined

/** All names of commands, and of groups of them. */
const names = (): string[] => [...commandTable.map(({ name }) => name), ...Object.keys(groupTable)]

/** The command that words were most likely meant as: a synonym before one that is spelt alike. */
export function commandFor(words: string): string | undefined {
  return of(commands, words.toLowerCase()) ?? nearest(words, names())
}

/** The flag, of those that a command takes, that a word was most likely meant as. */
export function flagFor(word: string, known: readonly string[]): string | undefined {
  const synonyms = of(flags, word)?.split(' ') ?? []
  return synonyms.find((each) => known.includes(each)) ?? nearest(word, known)
}
