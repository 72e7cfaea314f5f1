import type { RunFlags } from '../../options/run.ts'
import { policyKeys } from '../../config/follow-keys.ts'
import { recipeChain, settingAt } from '../../config/layers.ts'
import type { Plan, TriggerTarget } from '../../config/plan.ts'
import { builtIn } from '../../config/setting.ts'
import type { Recipe, ServerEntry } from '../../config/schema/config-keys.ts'
import { usageError } from '../../core/errors.ts'
import { flagName } from '../../core/flag-name.ts'
import { flagWords, without } from '../../schedule/words.ts'

/** Flags that need a machine that remembers, and what stands in for each where none does. */
const remembering: readonly (readonly [keyof RunFlags, instead: string])[] = [
  ['once', 'A container forgets its journal.'],
  ['resume', 'A container forgets its journal.'],
  ['onlyIfChanged', 'A container forgets what was triggered.'],
  ['lock', 'Use concurrencyPolicy: Forbid (Kubernetes), resource_group (GitLab) or concurrency (GitHub).'],
]

const byFlag = 'Put a variable with --var.'
const byMount = 'Mount it into the container, and add the flag to what is printed.'
const forgotten = 'It would be gone with the container.'

/** Flags that name a file of this machine, and what to do instead. */
const files: readonly (readonly [keyof RunFlags, instead: string])[] = [
  ['varFile', byFlag],
  ['varsFrom', byFlag],
  ['cacert', byMount],
  ['cert', byMount],
  ['key', byMount],
  ['logFile', forgotten],
  ['dotenv', forgotten],
  ['annotations', forgotten],
  ['annotations', forgotten],
  ['junit', forgotten],
  ['artifacts', forgotten],
]

/** What a recipe may set that has a flag of the same name. */
const followKeys = ['follow', 'wait', 'jobs', ...policyKeys] as const satisfies (keyof RunFlags &
  keyof Recipe)[]

/** Throws a usage error for a flag that cannot work on another machine; `hasFiles` where a checkout brings files along. */
export function refuseLocalFiles(flags: RunFlags, plan: Plan, hasFiles: boolean): void {
  const local = remembering.find(([key]) => flags[key] !== undefined)
  if (local) throw usageError(`${flagName(local[0])} needs a machine that remembers`, local[1])
  const file = hasFiles ? undefined : files.find(([key]) => flags[key] !== undefined)
  if (file) throw usageError(`${flagName(file[0])} names a file of this machine`, file[1])
  if (plan.exitCodes.size > 0)
    throw usageError("the recipe's exitCodes have no flag", 'Leave them out, or use a recipe there too.')
}

function fromRecipes(plan: Plan): Record<string, unknown> {
  const recipes = plan.recipe === undefined ? [] : recipeChain(plan.config, plan.recipe)
  return Object.fromEntries(
    followKeys.flatMap((key) => {
      const set = recipes.map((place) => settingAt(place, key)).find((found) => found !== undefined)
      const isOff = set === undefined || set.value === false
      return isOff ? [] : [[key, typeof set.value === 'number' ? String(set.value) : set.value]]
    }),
  )
}

/** Files of a server entry, and the option for each. */
const entryFiles = [
  ['caFile', 'cacert'],
  ['certFile', 'cert'],
  ['keyFile', 'key'],
] as const satisfies (readonly [keyof ServerEntry, keyof RunFlags])[]

/** What the config says of the way to a server, as far as it can be said elsewhere. */
function transportOfEntry({ server }: TriggerTarget): Pick<RunFlags, 'allowHttp' | 'proxy'> {
  const entry = server?.entry
  const proxy = entry && settingAt(entry, 'proxy')?.value
  return {
    ...(entry && settingAt(entry, 'allowHttp')?.value === true && { allowHttp: true }),
    ...(proxy !== undefined && !proxy.includes('@') && { proxy }),
  }
}

/** What the config says of the way to a server and is not printed: a sentence each, with what to do there. */
export function leftBehind(flags: RunFlags, { targets: [target] }: Plan): string[] {
  const entry = target?.server?.entry
  if (!entry) return []
  const files = entryFiles.filter(([key, name]) => settingAt(entry, key) && flags[name] === undefined)
  const proxy = flags.proxy === undefined && settingAt(entry, 'proxy')?.value.includes('@')
  return [
    ...files.map(
      ([key, name]) =>
        `The server's ${key} is a file of this machine: bring it there, and add ${flagName(name)} PATH.`,
    ),
    ...(proxy ? ["The server's proxy has a password and is not printed: set https_proxy there."] : []),
  ]
}

/** Flags whose values are always said, and those of tokens and config files, which are not there. */
const resolved = [
  ...(['server', 'project', 'ref', 'api', 'retry', 'timeout', 'var', 'input', 'inputJson'] as const),
  ...(['token', 'tokenStdin', 'tokenFile', 'apiTokenFile', 'config'] as const),
] satisfies (keyof RunFlags)[]

const keyOf = (pair: string): string => pair.split('=')[0] ?? ''

/** The variables or inputs of the config that no typed one replaces, as they would be typed. */
function pairs(
  set: TriggerTarget['variables'] | TriggerTarget['inputs'],
  typed: readonly string[] = [],
): string[] {
  const names = new Set(typed.map(keyOf))
  return set.filter(({ key }) => !names.has(key)).map(({ key, value }) => `${key}=${value}`)
}

/** The words after the program's name that say everything of one target, without a config file. Holds no token. */
export function remoteCommand(
  flags: RunFlags,
  plan: Plan,
  target: TriggerTarget,
  isOwnServer: boolean,
): string[] {
  const { var: variables = [], input = [], inputJson = [], timeout } = flags
  const set = (setting: { value: unknown; origin: string }, unit = ''): string | undefined =>
    setting.origin === builtIn ? undefined : `${String(setting.value)}${unit}`
  return flagWords({
    server: isOwnServer ? undefined : target.server?.value.base,
    project: target.project?.value,
    ref: target.ref?.value,
    var: [...pairs(target.variables, variables), ...variables],
    input: [...pairs(target.inputs, [...input, ...inputJson]), ...input],
    inputJson,
    api: set(target.api),
    timeout: timeout ?? set(plan.timeout, 'ms'),
    retry: set(plan.retry),
    ...transportOfEntry(target),
    ...fromRecipes(plan),
    ...without(flags, resolved),
  })
}
