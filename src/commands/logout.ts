import { rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { withoutKey } from '../config/edit/edit-config.ts'
import { keyText } from '../config/edit/key-path.ts'
import { ownConfig, saveConfig, type OwnConfig } from '../config/edit/own-config.ts'
import { parseConfig } from '../config/files/config-file.ts'
import { expandPath } from '../config/files/places.ts'
import { settingAt, unknownName, type ConfigNode } from '../config/layers.ts'
import type { ServerEntry } from '../config/schema/config-keys.ts'
import type { Context } from '../core/context.ts'
import { codeOf, configError, usageError } from '../core/errors.ts'
import { exitCodes } from '../core/exit-codes.ts'
import { inWriteTime } from '../core/limits/file-time.ts'
import { shellQuote } from '../core/text/shell-quote.ts'
import type { LogoutFlags } from '../options/login.ts'
import { sayTo } from '../output/terminal/wrap-words.ts'

const where = 'logout'

/** A key of the config that names a file with a token. */
interface StoredToken {
  key: string[]
  path: string
}

/** The tokens of a server's entry that `login` or `config edit-token` stored: in files of their names next to the config. */
function storedTokens({ file, config }: OwnConfig, name: string): StoredToken[] {
  const data = file.data.servers?.[name] ?? {}
  const entry: ConfigNode<ServerEntry> = { file, keys: ['servers', name], data }
  const folder = dirname(file.path)
  const nodes = Object.entries(data.projects ?? {}).map(([project, of]): ConfigNode<ServerEntry> => ({
    file,
    keys: [...entry.keys, 'projects', project],
    data: of,
  }))
  return [entry, ...nodes].flatMap((node) =>
    (['tokenFile', 'apiTokenFile'] as const).flatMap((key) => {
      const set = settingAt(node, key)
      const path = set && expandPath(set, folder, config.places)
      const isOurs =
        path !== undefined &&
        dirname(path) === folder &&
        basename(path).startsWith(`${name}.`) &&
        /\.(api-)?token$/.test(path)
      return isOurs ? [{ key: [...node.keys, key], path }] : []
    }),
  )
}

/** Where a removed token is revoked: the page of GitLab on which it stands, or the command that lists it. */
function howToRevoke({ key }: StoredToken, { file }: OwnConfig, { config }: LogoutFlags): string[] {
  const [, server = '', , ofProject] = key
  if (key.at(-1) === 'apiTokenFile')
    return [`To revoke the API token of ${server}: in GitLab, User settings > Access tokens.`]
  const { url, project: usual, apiTokenEnv, apiTokenCommand } = file.data.servers?.[server] ?? {}
  const project = key.length > 3 ? ofProject : usual
  if (project === undefined) return []
  const name = String(project)
  const what = `To revoke the trigger token of ${name}:`
  if (url !== undefined && name.includes('/')) {
    const path = name.split('/').map(encodeURIComponent).join('/')
    return [`${what} ${url.replace(/\/+$/, '')}/${path}/-/settings/ci_cd`]
  }
  const words = ['tokens', 'list', '-s', server, '-p', name, ...(config ? ['--config', config] : [])]
  // Its stored API token was removed with it.
  const token = apiTokenEnv === undefined && apiTokenCommand === undefined ? ' --api-token-file PATH' : ''
  return [`${what} gitlab-trigger ${words.map(shellQuote).join(' ')}${token}`]
}

/** The servers to log out from. Throws usage and configuration errors. */
function namesMeant(name: string | undefined, { all }: LogoutFlags, { file, config }: OwnConfig): string[] {
  const names = Object.keys(file.data.servers ?? {})
  if (all && name !== undefined)
    throw usageError('logout: a name and --all cannot be used together', 'Give one of them.')
  if (all) return names
  if (name !== undefined) {
    if (!names.includes(name)) throw unknownName(config, 'servers', name, where)
    return [name]
  }
  const usual = file.data.default ?? (names.length === 1 ? names[0] : undefined)
  if (usual !== undefined && names.includes(usual)) return [usual]
  if (names.length === 0)
    throw usageError(
      `logout: no server is configured in ${file.path}`,
      'gitlab-trigger config path lists the config files.',
    )
  throw usageError('logout: no server given', `Give one of ${names.join(', ')}, or --all.`)
}

/**
 * Removes the tokens of a server that are stored next to the config, and the keys that name them: `logout [NAME]`. Sources elsewhere stay, and the tokens
 * themselves are still valid at GitLab. Throws usage and configuration errors.
 */
export async function logout(
  name: string | undefined,
  flags: LogoutFlags,
  context: Context,
): Promise<number> {
  const own = await ownConfig(flags, where, context)
  const names = namesMeant(name, flags, own)
  const stored = names.flatMap((each) => storedTokens(own, each))
  const say = (line: string): Promise<void> => sayTo(context.stderr, line)
  const { file } = own
  const changed = stored.reduce(
    (at, { key }) => parseConfig(file.kind, file.path, Buffer.from(withoutKey(at, key))),
    file,
  )
  if (changed.text !== file.text) await saveConfig(own, changed.text, where, context)
  for (const { key, path } of stored) {
    try {
      await inWriteTime(() => rm(path, { force: true }), context)
    } catch (error) {
      throw configError(
        `logout: ${path} cannot be removed (${codeOf(error)})`,
        'Remove it by hand: it holds a token.',
      )
    }
    await say(`Removed ${path}, and ${keyText(key)} from ${file.path}.`)
  }
  if (stored.length === 0)
    await say(`No token is stored for ${names.join(', ') || 'any server'}; nothing was removed.`)
  else {
    await say('The tokens are still valid at GitLab until they are revoked there.')
    for (const line of stored.flatMap((each) => howToRevoke(each, own, flags))) await say(line)
  }
  return exitCodes.success.code
}
