import { constants } from 'node:fs'
import { access, readFile, realpath, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { withValue } from '../edit/edit-config.ts'
import type { Config } from '../files/find-config.ts'
import { projectEntry, serverNamed, unknownName, settingAt, type ConfigNode } from '../layers.ts'
import { expandPath } from '../files/places.ts'
import type { ServerEntry } from '../schema/config-keys.ts'
import { unwritableToken } from '../files/unwritable.ts'
import { writePrivately } from '../files/write-privately.ts'
import { codeOf } from '../../core/errors.ts'
import { inFileTime, inWriteTime, type FileWorld } from '../../core/limits/file-time.ts'
import { makeFolder } from '../../core/make-folder.ts'
import type { Secret } from '../../core/secret.ts'

/** The file (mode 0600) in which a server entry stores a token. */
export interface ServerToken {
  entry: ConfigNode<ServerEntry>
  path: string
  /** Writes the token, and adds the file's path to the entry if it is missing. Throws Node's errors. */
  keep(token: Secret): Promise<void>
  /** Restores the previous files. Throws Node's errors. */
  undo(): Promise<void>
}

/** A file as it was before it was changed. */
export interface FileSnapshot {
  path: string
  content: Buffer | undefined
  mode: number
}

/** Keeps a file as it is, to restore it. Throws Node's errors. */
export async function takeSnapshot(path: string, world: FileWorld): Promise<FileSnapshot> {
  try {
    const content = await inFileTime(() => readFile(path), world)
    const { mode } = await inFileTime(() => stat(path), world)
    return { path, content, mode: mode & 0o777 }
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR')
      return { path, content: undefined, mode: 0o600 }
    throw error
  }
}

/** Makes a file what it was, or takes it away. Throws Node's errors. */
export async function restoreFile({ path, content, mode }: FileSnapshot, world: FileWorld): Promise<void> {
  if (content === undefined) await inWriteTime(() => rm(path, { force: true }), world)
  else await writePrivately(path, content, world, mode)
}

/** The name of the file in which a token is stored next to the config: `work.token`, `work.group%2Fsite.token`, `work.api-token`. */
export function tokenFileName(server: string, kind: 'token' | 'apiToken', project?: string): string {
  const owner = [server, ...(project === undefined ? [] : [encodeURIComponent(project)])].join('.')
  return `${owner}.${kind === 'apiToken' ? 'api-token' : 'token'}`
}

/**
 * The file for the trigger token or API token of a server, or for the trigger token of one of its projects; nothing is
 * written yet. Throws configuration errors that name `where`, also if the entry cannot be edited automatically.
 */
export function serverToken(
  config: Config,
  name: string,
  kind: 'token' | 'apiToken',
  where: string,
  world: FileWorld,
  project?: string,
): ServerToken {
  const entry = serverNamed(config, name)
  if (!entry) throw unknownName(config, 'servers', name, where)
  const key = `${kind}File` as const
  const folder = dirname(entry.file.path)
  const known = project === undefined ? undefined : projectEntry(entry, project)
  const set = project === undefined ? settingAt(entry, key) : known && settingAt(known, 'tokenFile')
  const path = set
    ? expandPath(set, folder, config.places)
    : join(folder, tokenFileName(name, kind, known?.keys[3] ?? project))
  const keys = project === undefined ? entry.keys : (known?.keys ?? [...entry.keys, 'projects', project])
  const text = set ? undefined : withValue(entry.file, { path: [...keys, key], value: path })
  const before: FileSnapshot[] = []
  return {
    entry,
    path,
    async keep(token) {
      await inWriteTime(() => makeFolder(dirname(path)), world)
      before.push(await takeSnapshot(path, world))
      await writePrivately(path, `${token.reveal()}\n`, world)
      if (text === undefined) return
      // Write to the target of a symbolic link, so that the link remains.
      const file = await inFileTime(() => realpath(entry.file.path), world)
      const now = await takeSnapshot(file, world)
      before.push(now)
      await writePrivately(file, text, world, now.mode)
    },
    async undo() {
      for (const each of before.splice(0).reverse()) await restoreFile(each, world)
    },
  }
}

/** Throws a configuration error that names `where` if the files cannot be written. */
export async function refuseUnwritable(
  { entry, path }: ServerToken,
  where: string,
  world: FileWorld,
): Promise<void> {
  for (const folder of [dirname(path), dirname(entry.file.path)]) {
    try {
      await inFileTime(() => makeFolder(folder), world)
      await inFileTime(() => access(folder, constants.W_OK), world)
    } catch (error) {
      if (codeOf(error) === '') throw error
      throw unwritableToken(where, path, error, entry.file.path)
    }
  }
}
