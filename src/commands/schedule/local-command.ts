import { join } from 'node:path'
import type { RunFlags } from '../../options/run.ts'
import type { DoctorFlags } from '../../options/setup.ts'
import { expandPath, absolutePath } from '../../config/files/places.ts'
import type { Plan } from '../../config/plan.ts'
import { settingAt, type ConfigNode } from '../../config/layers.ts'
import type { ServerEntry, TokenKeys } from '../../config/schema/config-keys.ts'
import { fromEnv } from '../../config/setting.ts'
import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import type { SecretFile } from '../../schedule/job.ts'
import { flagWords, without } from '../../schedule/words.ts'

/** A token that a scheduled run reads, or undefined where the config has it; `isAssumed` if its file was not given. */
export type TokenPlace = (SecretFile & { isAssumed: boolean }) | undefined

const assumed = { token: '.trigger-token', apiToken: '.gitlab-api-token' } as const
const names = { token: 'gitlab_trigger_token', apiToken: 'gitlab_trigger_api_token' } as const

/** The file of a token for a run that has neither our environment nor our terminal. `isElsewhere`: nor our config. */
export function tokenPlace(
  kind: 'token' | 'apiToken',
  flags: RunFlags,
  plan: Plan,
  context: Context,
  isElsewhere: boolean,
): TokenPlace {
  const name = names[kind]
  const typed = flags[`${kind}File`]
  if (typed !== undefined && typed !== '-')
    return { name, path: absolutePath(typed, context), isAssumed: false }
  const isGiven = kind === 'token' && (flags.token ?? flags.tokenStdin ?? typed) !== undefined
  const variable = kind === 'token' ? 'GITLAB_TRIGGER_TOKEN' : 'GITLAB_TRIGGER_API_TOKEN'
  const { places } = plan.config
  const otherwise = {
    name,
    path: join(places.home ?? '/etc/gitlab-trigger', assumed[kind]),
    isAssumed: true,
  }
  if (isGiven || fromEnv(context.env, variable)) return otherwise
  const file = kind === 'token' ? fromEnv(context.env, `${variable}_FILE`) : undefined
  if (file) return { name, path: absolutePath(file.value, context), isAssumed: false }
  const nodes = plan.targets.map(({ tokens, server }) => (kind === 'token' ? tokens[0] : server?.entry))
  const [first] = nodes
  const inConfig = first && settingAt(first as ConfigNode<ServerEntry>, `${kind}File`)
  if (inConfig && isElsewhere)
    return { name, path: expandPath(inConfig, join(first.file.path, '..'), places), isAssumed: false }
  return !isElsewhere && nodes.every((node) => isKept(kind, node)) ? undefined : otherwise
}

/** Whether a mapping of the config says where a token is, in a way that holds for a run without our environment. */
function isKept(
  kind: 'token' | 'apiToken',
  node: ConfigNode<ServerEntry> | ConfigNode<TokenKeys> | undefined,
): boolean {
  const keys = ['File', 'Command', 'From', ''].map((ending) => `${kind}${ending}`)
  return keys.some((key) => node && Object.hasOwn(node.data, key))
}

const isFromEnv = (origin: string | undefined): boolean => origin?.startsWith('environment variable') ?? false

/** The flags with every path absolute. */
function absolute(flags: RunFlags, context: Context): RunFlags {
  const path = (text: string): string => (text === '-' ? text : absolutePath(text, context))
  const result: RunFlags = { ...flags }
  for (const key of [
    'cacert',
    'cert',
    'key',
    'config',
    'logFile',
    'dotenv',
    'annotations',
    'junit',
    'artifacts',
  ] as const) {
    const typed = flags[key]
    if (typeof typed === 'string') result[key] = path(typed)
  }
  if (flags.varsFrom) result.varsFrom = flags.varsFrom.map(path)
  if (flags.varFile) result.varFile = flags.varFile.map((pair) => pair.replace(/(?<==).*$/s, path))
  return result
}

/** The names of `--var KEY`, which take their value from the environment of the run. */
export function loneVariables({ var: pairs = [] }: RunFlags): string[] {
  return pairs.filter((pair) => !pair.includes('='))
}

/**
 * Throws a usage error for what an unattended run would not have, or what must not be shown: something on stdin, a password, and
 * unless `hasVariables` our environment.
 */
export function refuseLocalEnvironment(flags: RunFlags, hasVariables: boolean): void {
  if (flags.proxy?.includes('@'))
    throw usageError('--proxy: a password would be shown', 'Put proxy: into the config.')
  if (flags.varsFrom?.includes('-'))
    throw usageError('--vars-from -: nothing is on standard input then', 'Name a file.')
  const [alone] = hasVariables ? [] : loneVariables(flags)
  if (alone !== undefined) {
    throw usageError(
      `--var ${alone}: its value comes from the environment, which will be a different one`,
      `Write --var ${alone}=VALUE.`,
    )
  }
}

/** A token is only ever read from a file. */
const secrets = ['token', 'tokenStdin', 'tokenFile', 'apiTokenFile'] as const

/** The flags of a run that its check takes too. */
const ofDoctor: readonly (keyof RunFlags & keyof DoctorFlags)[] = [
  ...(['server', 'project', 'ref', 'api', 'timeout'] as const),
  ...(['var', 'varFile', 'varsFrom', 'allowEmptyVars', 'input', 'inputJson'] as const),
  ...(['config', 'proxy', 'cacert', 'cert', 'key', 'insecure', 'allowHttp'] as const),
]

/** The words that check what such a run needs: `doctor` and what it takes of the same flags. */
export function doctorCommand(
  flags: RunFlags,
  recipe: string | undefined,
  ...rest: [plan: Plan, context: Context, tokens: Partial<Record<'token' | 'apiToken', TokenPlace>>]
): string[] {
  const own = Object.fromEntries(
    Object.entries(flags).filter(([name]) => ofDoctor.some((each) => each === name)),
  )
  return ['doctor', ...(recipe === undefined ? [] : [recipe]), ...localCommand(own, undefined, ...rest)]
}

/** The words after the program's name for a run on this machine, by the same user, with cron's environment. Holds no token. */
export function localCommand(
  flags: RunFlags,
  recipe: string | undefined,
  plan: Plan,
  context: Context,
  tokens: Partial<Record<'token' | 'apiToken', TokenPlace>>,
): string[] {
  const { server, project, ref } = plan.targets[0] ?? {}
  const config = fromEnv(context.env, 'GITLAB_TRIGGER_CONFIG')
  const own: Record<string, unknown> = {
    server: isFromEnv(server?.origin) ? (server?.name ?? server?.value.base) : undefined,
    project: isFromEnv(project?.origin) ? project?.value : undefined,
    ref: isFromEnv(ref?.origin) ? ref?.value : undefined,
    ...(config && flags.config === undefined && { config: absolutePath(config.value, context) }),
    ...absolute(without(flags, secrets), context),
    tokenFile: tokens.token?.path,
    apiTokenFile: tokens.apiToken?.path,
  }
  return [...(recipe === undefined ? [] : ['run', recipe]), ...flagWords(own)]
}

/** Who a user's crontab runs as, and in which home: the one on record, whatever HOME says here. */
export function cronUser({ config }: Plan, context: Context): { user: string; home: string } {
  return { user: context.me().user, home: context.home() ?? config.places.home ?? '/' }
}

/** Environment variables that count here, and that a run started by cron or systemd does not have. */
export function missedVariables(context: Context): string[] {
  const { env } = context
  const here = fromEnv(env, 'HOME')?.value
  const there = context.home() ?? here
  const ours = ['XDG_CONFIG_HOME', 'XDG_CONFIG_DIRS', 'XDG_STATE_HOME', 'NODE_EXTRA_CA_CERTS']
  const proxies = ['https_proxy', 'http_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [
    name,
    name.toUpperCase(),
  ])
  const missed = [...ours, ...proxies].filter((name) => fromEnv(env, name))
  return here === undefined || here === there ? missed : [...missed, `HOME (${there ?? ''} there)`]
}
