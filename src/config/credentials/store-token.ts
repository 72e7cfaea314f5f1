import { constants } from 'node:fs'
import { access, readFile, realpath, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { withServerKey } from '../files/edit-config.ts'
import type { Config } from '../files/find-config.ts'
import { serverNamed, unknownName, settingAt, type ConfigNode } from '../layers.ts'
import { expandPath } from '../files/places.ts'
import type { ServerEntry } from '../schema/shape.ts'
import { writePrivately } from '../files/trust.ts'
import { codeOf, configError } from '../../core/errors.ts'
import { makeFolder } from '../../core/make-folder.ts'
import type { Secret } from '../../core/secret.ts'

/** The place where a server of the config files keeps a token: a file of mode 0600 that its entry names. */
export interface ServerToken {
  entry: ConfigNode<ServerEntry>
  path: string
  /** Writes the token, and names its file in the entry where that does not yet. Throws Node's errors. */
  keep(token: Secret): Promise<void>
  /** Puts back what was there before. Throws Node's errors. */
  undo(): Promise<void>
}

interface Before {
  path: string
  content: Buffer | undefined
  mode: number
}

async function remember(path: string): Promise<Before> {
  try {
    return { path, content: await readFile(path), mode: (await stat(path)).mode & 0o777 }
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR')
      return { path, content: undefined, mode: 0o600 }
    throw error
  }
}

async function putBack({ path, content, mode }: Before): Promise<void> {
  if (content === undefined) await rm(path, { force: true })
  else await writePrivately(path, content, mode)
}

/**
 * Where the server of that name keeps its trigger token, or API token; nothing is written yet. `who` is named in errors. Throws configuration errors,
 * also where the entry cannot be changed from here.
 */
export function serverToken(
  config: Config,
  name: string,
  kind: 'token' | 'apiToken',
  who: string,
): ServerToken {
  const entry = serverNamed(config, name)
  if (!entry) throw unknownName(config, 'servers', name, who)
  const key = `${kind}File` as const
  const folder = dirname(entry.file.path)
  const set = settingAt(entry, key)
  const path = set
    ? expandPath(set, folder, config.places)
    : join(folder, `${name}.${kind === 'apiToken' ? 'api-token' : 'token'}`)
  const text = set ? undefined : withServerKey(entry.file, name, key, path)
  const before: Before[] = []
  return {
    entry,
    path,
    async keep(token) {
      await makeFolder(dirname(path))
      before.push(await remember(path))
      await writePrivately(path, `${token.reveal()}\n`)
      if (text === undefined) return
      // A linked config file stays a link.
      const file = await realpath(entry.file.path)
      before.push(await remember(file))
      await writePrivately(file, text, (await stat(file)).mode & 0o777)
    },
    async undo() {
      for (const each of before.splice(0).reverse()) await putBack(each)
    },
  }
}

/** Refuses, before a token is made, what could not be written then. Throws a configuration error that names `who`. */
export async function refuseUnwritable({ entry, path }: ServerToken, who: string): Promise<void> {
  for (const folder of [dirname(path), dirname(entry.file.path)]) {
    try {
      await makeFolder(folder)
      await access(folder, constants.W_OK)
    } catch (error) {
      throw configError(`${who}: the token cannot be stored in ${path} (${codeOf(error)})`)
    }
  }
}
