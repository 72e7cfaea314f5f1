import type { Context } from '../../core/context.ts'
import { configError, usageError } from '../../core/errors.ts'
import type { CiJob } from './ci.ts'
import { originIn } from '../files/config-file.ts'
import type { Config } from '../files/find-config.ts'
import type { RunFlags } from '../../options/run.ts'
import type { StoreFlags } from '../../options/tokens.ts'
import { asConfigError, serverNamed, unknownName, settingAt, type ConfigNode } from '../layers.ts'
import { parseServerUrl, withScheme, type ServerUrl } from './server-url.ts'
import { fromEnv, fromFlag, type Setting } from '../setting.ts'
import type { Recipe, ServerEntry } from '../schema/config-keys.ts'

/** The flags about the server. --save-to-server also selects the server to use, unless --server is given. */
export type ServerFlags = Pick<RunFlags, 'server' | 'allowHttp'> & Pick<StoreFlags, 'saveToServer'>

/** The server to use. */
export interface ServerChoice extends Setting<ServerUrl> {
  name: string | undefined
  /** Its entry in a config file. Tokens in the entry are used for this server only. */
  entry: ConfigNode<ServerEntry> | undefined
  /**
   * `project`: chosen by the checkout's file, so it may get tokens of its own entry only (docs/guarantees.md#3.7).
   */
  trust: 'full' | 'project'
}

/** The URL in a server's entry. Throws a configuration error if it is missing or invalid. */
export function urlOf(entry: ConfigNode<ServerEntry>): Setting<ServerUrl> {
  const url = settingAt(entry, 'url')
  if (!url) {
    throw configError(
      `${originIn(entry.file, entry.keys)} ${entry.keys.join('.')}: it has no url`,
      'Add url: https://gitlab.example.com',
    )
  }
  return { value: asConfigError(() => parseServerUrl(url.value, url.origin)), origin: url.origin }
}

/** The server entry with exactly this URL. */
function entryAt(config: Config, { base }: ServerUrl): ConfigNode<ServerEntry> | undefined {
  for (const file of config.files) {
    for (const name of Object.keys(file.data.servers ?? {})) {
      const entry = serverNamed(config, name)
      if (entry?.data.url !== undefined && urlOf(entry).value.base === base) return entry
    }
  }
  return undefined
}

function byNameOrUrl(choice: Setting<string>, config: Config, trust: ServerChoice['trust']): ServerChoice {
  const { value, origin } = choice
  if (!/^[\w.-]+$/.test(value)) {
    const url = parseServerUrl(value, origin)
    const entry = entryAt(config, url)
    return { value: url, origin, name: entry?.keys[1], entry, trust }
  }
  const entry = serverNamed(config, value)
  if (!entry) {
    const error = unknownName(config, 'servers', value, origin)
    throw configError(
      error.message,
      `${error.hint} An address is written with its scheme: ${withScheme(value) ?? 'https://gitlab.example.com'}`,
    )
  }
  return { value: urlOf(entry).value, origin: `${origin}, ${urlOf(entry).origin}`, name: value, entry, trust }
}

/** Resolves a typed server name or URL. Throws usage and configuration errors. */
export function typedServer(
  choice: Setting<string>,
  flags: Pick<RunFlags, 'allowHttp'>,
  config: Config,
): ServerChoice {
  const server = byNameOrUrl(choice, config, 'full')
  refuseHttp(server, flags)
  return server
}

/** The server that the config itself chooses for a recipe; undefined where it names none. Throws configuration errors. */
export function configuredServer(
  config: Config,
  recipes: readonly ConfigNode<Recipe>[],
): ServerChoice | undefined {
  const candidates: Setting<string>[] = []
  const trusts: ServerChoice['trust'][] = []
  const add = (found: Setting<string> | undefined, node: Pick<ConfigNode, 'file'>): void => {
    if (!found) return
    candidates.push(found)
    trusts.push(node.file.kind === 'project' ? 'project' : 'full')
  }
  for (const recipe of recipes) add(settingAt(recipe, 'server'), recipe)
  for (const file of config.files) add(settingAt({ file, keys: [], data: file.data }, 'default'), { file })
  const [first] = candidates
  return first && asConfigError(() => byNameOrUrl(first, config, trusts[0] ?? 'project'))
}

/** The server from flags, environment, recipe, files or CI. Throws usage and configuration errors. */
export function chooseServer(
  flags: ServerFlags,
  env: Context['env'],
  config: Config,
  recipes: readonly ConfigNode<Recipe>[],
  ci: CiJob | undefined,
): ServerChoice | undefined {
  const typed =
    fromFlag('--server', flags.server) ??
    fromFlag('--save-to-server', flags.saveToServer) ??
    fromEnv(env, 'GITLAB_TRIGGER_SERVER')
  const ciServer = ci?.server && { ...ci.server, name: undefined, entry: entryAt(config, ci.server.value) }
  const choice: ServerChoice | undefined = typed
    ? byNameOrUrl(typed, config, 'full')
    : (configuredServer(config, recipes) ?? (ciServer && { ...ciServer, trust: 'full' }))
  if (choice) refuseHttp(choice, flags)
  return choice
}

function refuseHttp({ value, origin, entry }: ServerChoice, flags: Pick<RunFlags, 'allowHttp'>): void {
  if (value.isHttps || value.isLoopback || flags.allowHttp || entry?.data.allowHttp === true) return
  const message = `${origin}: plain http would send the token unencrypted to ${value.base}`
  if (entry)
    throw configError(
      message,
      'Use https. If that network is your own, add --allow-http, or allowHttp: true to the entry of that server.',
    )
  throw usageError(message, 'Use https, or add --allow-http if that network is your own.')
}
