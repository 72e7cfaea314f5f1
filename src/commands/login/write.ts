import { keyText } from '../../config/edit/key-path.ts'
import { saveConfig } from '../../config/edit/own-config.ts'
import { restoreFile, takeSnapshot, type FileSnapshot } from '../../config/credentials/store-token.ts'
import { unwritableToken } from '../../config/files/unwritable.ts'
import { writePrivately } from '../../config/files/write-privately.ts'
import { dirname } from 'node:path'
import { inWriteTime, type FileWorld } from '../../core/limits/file-time.ts'
import { makeFolder } from '../../core/make-folder.ts'
import type { Secret } from '../../core/secret.ts'
import type { EntryPlan } from './entry.ts'

/** What will be written and where, lines for people; of tokens only where they go. */
export function planText({ own, settings, apiTokenFile, tokenFile }: EntryPlan): string[] {
  const { file, isNew } = own
  const head =
    settings.length === 0
      ? `${file.path} stays as it is.`
      : `${file.path}${isNew ? ' (new, mode 0600)' : ''}:`
  return [
    head,
    ...settings.map(({ path, value }) => `  ${keyText(path)}: ${String(value)}`),
    ...(apiTokenFile === undefined ? [] : [`${apiTokenFile} (mode 0600): the API token`]),
    ...(tokenFile === undefined ? [] : [`${tokenFile} (mode 0600): the trigger token`]),
  ]
}

/** Writes tokens, then the config that names them. Throws a configuration error; all is as it was then. */
export async function writeEntry(
  { own, text, apiTokenFile, tokenFile }: EntryPlan,
  apiToken: Secret | undefined,
  token: Secret | undefined,
  world: FileWorld,
): Promise<void> {
  const before: FileSnapshot[] = []
  const store = async (path: string | undefined, secret: Secret | undefined): Promise<void> => {
    if (path === undefined || !secret) return
    try {
      await inWriteTime(() => makeFolder(dirname(path)), world)
      before.push(await takeSnapshot(path, world))
      await writePrivately(path, `${secret.reveal()}\n`, world)
    } catch (error) {
      throw unwritableToken('login', path, error)
    }
  }
  try {
    await store(apiTokenFile, apiToken)
    await store(tokenFile, token)
    if (text !== own.file.text || own.isNew) await saveConfig(own, text, 'login', world)
  } catch (error) {
    for (const each of before.reverse()) await restoreFile(each, world).catch(() => undefined)
    throw error
  }
}
