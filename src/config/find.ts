import { lstat } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { codeOf, configError } from '../errors.ts'
import { holdsSecret, parseConfig, readConfigBytes, type ConfigFile, type FileKind } from './config-file.ts'
import { readFileSafely } from './file.ts'
import type { ConfigFlags } from './flags.ts'
import { checkoutFolders, placesFor, type Places } from './places.ts'
import { fromEnv, fromFlag } from './setting.ts'
import { hashOf, readTrusted, trustedCopy } from './trust.ts'

/** A place that was looked at, in order of precedence, and what became of it. */
export interface Looked {
  kind: FileKind
  path: string
  state: 'used' | 'absent' | 'not trusted' | 'ignored in CI'
}

/** The config files of a run, in order of precedence. */
export interface Config {
  files: ConfigFile[]
  looked: Looked[]
  places: Places
}

const endings = ['.yaml', '.yml', '.json']
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

/** The one file in a folder; two would leave open which one counts. */
async function onlyOne(folder: string, names: readonly string[]): Promise<string | undefined> {
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
    for (const name of projectNames) {
      const path = join(folder, name)
      if ((name !== 'package.json' || isTrusted(path)) && (await isThere(path))) return path
    }
  }
  return undefined
}

async function loadProjectFile(
  context: Context,
  places: Places,
): Promise<{ looked: Looked[]; file?: ConfigFile }> {
  const trusted = await readTrusted(places)
  const path = await findProjectFile(context, (each) => Object.hasOwn(trusted, each))
  if (path === undefined) return { looked: [] }
  if (fromEnv(context.env, 'GITLAB_CI') !== undefined) {
    return { looked: [{ kind: 'project', path, state: 'ignored in CI' }] }
  }
  const hash = Object.hasOwn(trusted, path) ? trusted[path] : undefined
  if (hash === undefined) return { looked: [{ kind: 'project', path, state: 'not trusted' }] }
  const bytes = await readConfigBytes(path, context.uid)
  if (hashOf(bytes) !== hash) {
    throw configError(
      `config: ${path} has changed since it was trusted`,
      `Compare: diff ${trustedCopy(places.state ?? '', hash)} ${path}; then: gitlab-trigger config trust`,
    )
  }
  return { looked: [{ kind: 'project', path, state: 'used' }], file: parseConfig('project', path, bytes) }
}

/**
 * Finds and reads the config files: the one named by --config or GITLAB_TRIGGER_CONFIG and no other, or else the checkout's own if it
 * is trusted, the user's, the system's. Runs nothing of what it finds (promises G1, G2). Throws a configuration error for a file that
 * is there and cannot be used.
 */
export async function findConfig(flags: ConfigFlags, context: Context): Promise<Config> {
  const places = placesFor(context)
  if (flags.config === false) return { files: [], looked: [], places }
  const named = fromFlag('--config', flags.config) ?? fromEnv(context.env, 'GITLAB_TRIGGER_CONFIG')
  if (named) {
    const path = isAbsolute(named.value) ? named.value : resolve(context.cwd(), named.value)
    const file = await loadConfigFile('named', path, context)
    return { files: [file], looked: [{ kind: 'named', path, state: 'used' }], places }
  }
  const project = await loadProjectFile(context, places)
  const config: Config = { files: project.file ? [project.file] : [], looked: project.looked, places }
  const folders: [FileKind, string][] = [
    ...(places.user === undefined ? [] : [['user', places.user] as [FileKind, string]]),
    ...places.system.map((folder): [FileKind, string] => ['system', folder]),
  ]
  for (const [kind, folder] of folders) {
    const path = await onlyOne(
      folder,
      endings.map((ending) => `config${ending}`),
    )
    const state = path === undefined ? 'absent' : 'used'
    config.looked.push({ kind, path: path ?? join(folder, 'config.yaml'), state })
    if (path !== undefined) config.files.push(await loadConfigFile(kind, path, context))
  }
  return config
}
