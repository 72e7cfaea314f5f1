import { constants } from 'node:fs'
import { access, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Context } from '../../core/context.ts'
import { codeOf, configError } from '../../core/errors.ts'
import { inFileTime, inWriteTime, type FileWorld } from '../../core/limits/file-time.ts'
import { makeFolder } from '../../core/make-folder.ts'
import type { ConfigFlags } from '../../options/shared.ts'
import { parseConfig, type ConfigFile } from '../files/config-file.ts'
import { findConfig, type Config } from '../files/find-config.ts'
import { configNames } from '../files/locate-files.ts'
import { schemaLine } from '../files/template.ts'
import { unwritableConfig } from '../files/unwritable.ts'
import { writePrivately } from '../files/write-privately.ts'
import { refuseUnseen } from '../plan.ts'

/** The config file that commands change. */
export interface OwnConfig {
  /** As it is now; one that is not there yet holds nothing but the address of its schema. */
  file: ConfigFile
  isNew: boolean
  /** All files that are read. */
  config: Config
}

/**
 * The config file that a command changes: the one that --config or GITLAB_TRIGGER_CONFIG names, else the user's own, which may not be there yet.
 * Throws as `findConfig`.
 */
export async function ownConfig(
  flags: Pick<ConfigFlags, 'config'>,
  where: string,
  context: Context,
): Promise<OwnConfig> {
  const config = await findConfig(flags, context)
  refuseUnseen(config)
  const file = config.files.find(({ kind }) => kind === 'named' || kind === 'user')
  if (file) return { file, isNew: false, config }
  const { user } = config.places
  if (user === undefined)
    throw configError(
      `${where}: there is no home folder to keep a config in`,
      'Set HOME, or name a file with --config.',
    )
  const path = join(user, configNames[0] ?? '')
  return { file: parseConfig('user', path, Buffer.from(schemaLine(context))), isNew: true, config }
}

/** Rejects with Node's error if nothing can be written to a folder, or to the nearest one above it that is there. */
async function checkFolder(folder: string): Promise<void> {
  try {
    await access(join(folder, '/'), constants.W_OK)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error
    await checkFolder(dirname(folder))
  }
}

/** Throws the configuration error of `saveConfig` where the folder of the config file cannot be written, as far as that shows beforehand. Changes nothing. */
export async function checkSavable(
  { file: { path }, isNew }: OwnConfig,
  where: string,
  world: FileWorld,
): Promise<void> {
  try {
    await inFileTime(async () => {
      await checkFolder(dirname(isNew ? path : await realpath(path)))
    }, world)
  } catch (error) {
    throw unwritableConfig(where, path, error)
  }
}

/** Writes the changed text of a config file: its mode stays, a link to it stays, and a new one is for this user alone. Throws a configuration error. */
export async function saveConfig(
  { file, isNew }: OwnConfig,
  text: string,
  where: string,
  world: FileWorld,
): Promise<void> {
  const { path } = file
  try {
    if (isNew) {
      await inWriteTime(() => makeFolder(dirname(path)), world)
      await writePrivately(path, text, world)
    } else {
      const real = await inFileTime(() => realpath(path), world)
      const { mode } = await inFileTime(() => stat(real), world)
      await writePrivately(real, text, world, mode & 0o777)
    }
  } catch (error) {
    throw unwritableConfig(where, path, error)
  }
}
