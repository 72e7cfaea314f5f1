import { join } from 'node:path'
import type { Context } from '../../core/context.ts'
import { codeOf, configError, TriggerError } from '../../core/errors.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'
import { holdsSecret, parseConfig, readConfigBytes, type ConfigFile, type FileKind } from './config-file.ts'
import { configNames, findProjectFile, findSingleFile, isHidden } from './locate-files.ts'
import { limitFileCalls } from './file-calls.ts'
import type { FileUser } from './provided-file.ts'
import { checkFileSafely } from './read-file-safely.ts'
import type { ConfigFlags } from '../../options/shared.ts'
import { absolutePath, placesFor, type Places } from './places.ts'
import { fromEnv, fromFlag } from '../setting.ts'
import { secretsInData } from './secrets-in-data.ts'
import { hashOf, readTrusted, trustedCopy } from './trust.ts'

/** A path that was searched, and the result. */
export interface SearchedPath {
  kind: FileKind
  path: string
  state: 'used' | 'absent' | 'not trusted' | 'ignored in CI' | 'refused'
}

/** The config files of a run and the searched paths, both in order of precedence. */
export interface Config {
  files: ConfigFile[]
  searched: SearchedPath[]
  places: Places
  /** Further environment variables that hold tokens: those that the plan of a batch names. */
  tokenEnvs?: readonly string[]
  /**
   * The error of a home folder that may not be searched, if there is one: whether there is a config file is
   * unknown. A command that needs nothing from it continues with a warning.
   */
  unseen?: TriggerError
}

/** The error of a named file, with the command that creates it where it is missing. */
const withInitCommand = (error: unknown, path: string): unknown =>
  error instanceof TriggerError && codeOf(error.cause) === 'ENOENT'
    ? error.with({
        hint: `Create it with: gitlab-trigger config init ${shellQuote(path)}. Or name another file.`,
      })
    : error

/** Reads and checks a config file, which `where` has named. Throws a configuration error. */
export async function loadConfigFile(
  kind: FileKind,
  path: string,
  user: FileUser,
  where = 'config',
): Promise<ConfigFile> {
  // A pipe is what a user has named.
  const mayBePipe = kind === 'named'
  const bytes = await readConfigBytes(path, user, mayBePipe, where).catch((error: unknown) => {
    throw kind === 'named' ? withInitCommand(error, path) : error
  })
  const file = parseConfig(kind, path, bytes)
  if (holdsSecret(file)) {
    const rules = { maxSize: Infinity, secretOf: user, refuse: configError, mayBePipe }
    await checkFileSafely(path, where, rules)
  }
  return file
}

/** The state of a search. `onRefused` gets the error of each file that cannot be used. */
interface Search {
  context: Context
  places: Places
  searched: SearchedPath[]
  files: ConfigFile[]
  onRefused: (error: TriggerError) => void
  /** Gets the error of a folder of which it is not known whether it exists. */
  onUnseen: (error: TriggerError) => void
}

/** Loads a file and records the result. */
async function loadAndRecord(
  { context, searched, files, onRefused }: Search,
  kind: FileKind,
  path: string,
  load: () => Promise<ConfigFile>,
): Promise<void> {
  try {
    const file = await load()
    for (const secret of secretsInData(file.data)) context.secrets.keep(secret)
    files.push(file)
    searched.push({ kind, path, state: 'used' })
  } catch (error) {
    if (!(error instanceof TriggerError)) throw error
    searched.push({ kind, path, state: 'refused' })
    onRefused(error)
  }
}

async function searchCheckout(search: Search): Promise<void> {
  const { context, places, searched } = search
  const trusted = await readTrusted(places, context)
  const path = await findProjectFile(context, (each) => Object.hasOwn(trusted, each))
  if (path === undefined) return
  const hash = Object.hasOwn(trusted, path) ? trusted[path] : undefined
  if (fromEnv(context.env, 'GITLAB_CI') !== undefined)
    searched.push({ kind: 'project', path, state: 'ignored in CI' })
  else if (hash === undefined) searched.push({ kind: 'project', path, state: 'not trusted' })
  else await loadAndRecord(search, 'project', path, () => loadTrusted(path, hash, context, places))
}

async function loadTrusted(path: string, hash: string, user: FileUser, places: Places): Promise<ConfigFile> {
  const bytes = await readConfigBytes(path, user)
  if (hashOf(bytes) === hash) return parseConfig('project', path, bytes)
  const copy = shellQuote(trustedCopy(places.state ?? '', hash))
  throw configError(
    `config: ${path} has changed since it was trusted`,
    `Compare: diff ${copy} ${shellQuote(path)}; then: gitlab-trigger config trust ${shellQuote(path)}`,
  )
}

async function searchFolder(search: Search, kind: FileKind, folder: string): Promise<void> {
  const usual = join(folder, configNames[0] ?? '')
  let found: string | undefined
  try {
    found = await findSingleFile(folder, configNames, search.context)
  } catch (error) {
    if (!(error instanceof TriggerError)) throw error
    search.searched.push({ kind, path: usual, state: 'refused' })
    const isUnseen = kind === 'user' && (await isHidden(folder, search.context))
    if (isUnseen) search.onUnseen(error)
    else search.onRefused(error)
    return
  }
  const path = found
  if (path === undefined) search.searched.push({ kind, path: usual, state: 'absent' })
  else await loadAndRecord(search, kind, path, () => loadConfigFile(kind, path, search.context))
}

/**
 * Finds and reads the config files: the one named by --config or GITLAB_TRIGGER_CONFIG and no other, or else
 * the checkout's (if trusted), the user's and the system's. Runs no code (docs/guarantees.md#G1, #G2). By default throws
 * a configuration error for a file that exists but cannot be used, and keeps that of a home folder that may not be
 * searched; with `onRefused`, passes it each of these errors and continues.
 */
export async function findConfig(
  flags: ConfigFlags,
  context: Context,
  onRefused?: (error: TriggerError) => void,
): Promise<Config> {
  const places = placesFor(context)
  const refuse = (error: TriggerError): never => {
    throw error
  }
  // The first files of a command: what it has typed as its limit holds for them, too.
  if (context.canFilesHang() && 'timeout' in flags) limitFileCalls(flags.timeout, context)
  let unseen: TriggerError | undefined
  const keepUnseen = (error: TriggerError): void => {
    unseen = error
  }
  const search: Search = {
    context,
    places,
    searched: [],
    files: [],
    onRefused: onRefused ?? refuse,
    onUnseen: onRefused ?? keepUnseen,
  }
  const { searched, files } = search
  if (flags.config === false) return { files, searched, places }
  const named = fromFlag('--config', flags.config) ?? fromEnv(context.env, 'GITLAB_TRIGGER_CONFIG')
  if (named) {
    const path = absolutePath(named.value, context)
    await loadAndRecord(search, 'named', path, () => loadConfigFile('named', path, context, named.origin))
    return { files, searched, places }
  }
  await searchCheckout(search)
  if (places.user !== undefined) await searchFolder(search, 'user', places.user)
  for (const folder of places.system) await searchFolder(search, 'system', folder)
  return { files, searched, places, ...(unseen && { unseen }) }
}
