import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '../../core/context.ts'
import { codeOf, configError, TriggerError } from '../../core/errors.ts'
import { shellQuote } from '../../core/shell-quote.ts'
import { holdsSecret, parseConfig, readConfigBytes, type ConfigFile, type FileKind } from './config-file.ts'
import { readFileSafely } from './read-file-safely.ts'
import type { ConfigFlags } from '../../options/shared.ts'
import { checkoutFolders, fromHere, placesFor, type Places } from './places.ts'
import { fromEnv, fromFlag } from '../setting.ts'
import { hashOf, readTrusted, trustedCopy } from './trust.ts'

/** A place that was looked at, in order of precedence, and what became of it. */
export interface Looked {
  kind: FileKind
  path: string
  state: 'used' | 'absent' | 'not trusted' | 'ignored in CI' | 'refused'
}

/** The config files of a run, in order of precedence. */
export interface Config {
  files: ConfigFile[]
  looked: Looked[]
  places: Places
}

const endings = ['.yaml', '.yml', '.json']

/** The names that the user's and the system's config files may have. */
export const configNames = endings.map((ending) => `config${ending}`)
const projectNames = [
  '.gitlab-triggerrc',
  ...endings.map((ending) => `.gitlab-triggerrc${ending}`),
  'package.json',
]

/** Whether something is there, whatever it is. Throws a configuration error where that cannot be seen: then it must not be skipped. */
async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return false
    throw configError(`config: cannot look at ${path} (${codeOf(error)})`, 'Use --no-config to read no file.')
  }
}

/** The one file of these in a folder, if there is one; two would leave open which one counts. Throws a configuration error. */
export async function onlyOne(folder: string, names: readonly string[]): Promise<string | undefined> {
  const found: string[] = []
  for (const name of names) if (await isThere(join(folder, name))) found.push(join(folder, name))
  if (found.length > 1)
    throw configError(`config: ${found.join(' and ')} are both there`, 'Keep one of them.')
  return found[0]
}

/** Reads and checks one file. Throws a configuration error. */
export async function loadConfigFile(
  kind: FileKind,
  path: string,
  context: Pick<Context, 'uid'>,
): Promise<ConfigFile> {
  const file = parseConfig(kind, path, await readConfigBytes(path, context.uid))
  if (holdsSecret(file)) {
    const rules = { maxSize: Infinity, secretOf: { uid: context.uid }, refuse: configError }
    await readFileSafely(path, 'config', rules)
  }
  return file
}

/** Where the checkout's own file is; a package.json only once it is trusted, since it cannot be told otherwise whether it has our key. */
export async function findProjectFile(
  context: Pick<Context, 'cwd'>,
  isTrusted: (path: string) => boolean,
): Promise<string | undefined> {
  for (const folder of checkoutFolders(context)) {
    const found: string[] = []
    for (const name of projectNames) {
      const path = join(folder, name)
      if ((name !== 'package.json' || isTrusted(path)) && (await isThere(path))) found.push(path)
    }
    // Whoever adds a second file must not put the trusted one out of use.
    const path = found.find(isTrusted) ?? found[0]
    if (path !== undefined) return path
  }
  return undefined
}

/** What is looked at, one place after the other; a file that cannot be used is left to `refused`. */
interface Search {
  context: Context
  places: Places
  looked: Looked[]
  files: ConfigFile[]
  refused: (error: TriggerError) => void
}

/** Uses a file, or notes that it is refused. */
async function take(
  { looked, files, refused }: Search,
  kind: FileKind,
  path: string,
  load: () => Promise<ConfigFile>,
): Promise<void> {
  try {
    files.push(await load())
    looked.push({ kind, path, state: 'used' })
  } catch (error) {
    if (!(error instanceof TriggerError)) throw error
    looked.push({ kind, path, state: 'refused' })
    refused(error)
  }
}

async function searchCheckout(search: Search): Promise<void> {
  const { context, places, looked } = search
  const trusted = await readTrusted(places)
  const path = await findProjectFile(context, (each) => Object.hasOwn(trusted, each))
  if (path === undefined) return
  const hash = Object.hasOwn(trusted, path) ? trusted[path] : undefined
  if (fromEnv(context.env, 'GITLAB_CI') !== undefined)
    looked.push({ kind: 'project', path, state: 'ignored in CI' })
  else if (hash === undefined) looked.push({ kind: 'project', path, state: 'not trusted' })
  else await take(search, 'project', path, () => loadTrusted(path, hash, context, places))
}

async function loadTrusted(
  path: string,
  hash: string,
  { uid }: Context,
  places: Places,
): Promise<ConfigFile> {
  const bytes = await readConfigBytes(path, uid)
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
    found = await onlyOne(folder, configNames)
  } catch (error) {
    if (!(error instanceof TriggerError)) throw error
    search.looked.push({ kind, path: usual, state: 'refused' })
    search.refused(error)
    return
  }
  const path = found
  if (path === undefined) search.looked.push({ kind, path: usual, state: 'absent' })
  else await take(search, kind, path, () => loadConfigFile(kind, path, search.context))
}

/**
 * Finds and reads the config files: the one named by --config or GITLAB_TRIGGER_CONFIG and no other, or else the checkout's own if it
 * is trusted, the user's, the system's. Runs nothing of what it finds (promises G1, G2). Throws a configuration error for a file that
 * is there and cannot be used, or leaves it to `refused` and goes on.
 */
export async function findConfig(
  flags: ConfigFlags,
  context: Context,
  refused: (error: TriggerError) => void = (error) => {
    throw error
  },
): Promise<Config> {
  const places = placesFor(context)
  const search: Search = { context, places, looked: [], files: [], refused }
  const { looked, files } = search
  if (flags.config === false) return { files, looked, places }
  const named = fromFlag('--config', flags.config) ?? fromEnv(context.env, 'GITLAB_TRIGGER_CONFIG')
  if (named) {
    const path = fromHere(named.value, context)
    await take(search, 'named', path, () => loadConfigFile('named', path, context))
    return { files, looked, places }
  }
  await searchCheckout(search)
  if (places.user !== undefined) await searchFolder(search, 'user', places.user)
  for (const folder of places.system) await searchFolder(search, 'system', folder)
  return { files, looked, places }
}
