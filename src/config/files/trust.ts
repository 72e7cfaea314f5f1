import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Context } from '../../core/context.ts'
import { codeOf, configError, TriggerError } from '../../core/errors.ts'
import { inWriteTime, type FileWorld } from '../../core/limits/file-time.ts'
import { makeFolder } from '../../core/make-folder.ts'
import type { Places } from './places.ts'
import { readFileSafely } from './read-file-safely.ts'
import { writePrivately } from './write-privately.ts'

/** The project config files that the user trusts: SHA-256 of the content by absolute path. */
export type Trusted = Readonly<Record<string, string>>

/** The SHA-256 of a file's content, in hex. */
export function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

/** Bytes; thousands of files. */
const maxRecordSize = 16 * 1024 * 1024

const storeOf = (state: string): string => join(state, 'trusted.json')

/** The path of the copy of a trusted file, kept to show later changes. */
export function trustedCopy(state: string, hash: string): string {
  return join(state, 'trusted', hash)
}

/** Reads the trusted files. Empty if there is no state folder or no readable record. */
export async function readTrusted({ state }: Places, world: Pick<Context, 'canFilesHang'>): Promise<Trusted> {
  if (state === undefined) return {}
  try {
    const bytes = await readFileSafely(storeOf(state), 'config', {
      maxSize: maxRecordSize,
      world,
      refuse: configError,
    })
    const data: unknown = JSON.parse(bytes.toString())
    const entries = Object.entries(typeof data === 'object' && data !== null ? data : {})
    return Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    )
  } catch (error) {
    // "Unknown" must not be taken for "not trusted".
    if (error instanceof TriggerError && codeOf(error.cause) === 'ETIMEDOUT')
      throw error.with({
        hint: 'Use --no-config to read no file, or set XDG_STATE_HOME to a folder of this machine.',
      })
    // If it is unreadable, nothing is trusted.
    return {}
  }
}

/** Records that a file with this content is trusted. Throws a configuration error if that fails. */
export async function trust(path: string, content: Buffer, places: Places, world: FileWorld): Promise<void> {
  const { state } = places
  if (state === undefined) {
    throw configError('there is no folder to remember it in', 'Set HOME or XDG_STATE_HOME.')
  }
  const hash = hashOf(content)
  try {
    await inWriteTime(() => makeFolder(join(state, 'trusted')), world)
    await writePrivately(trustedCopy(state, hash), content, world)
    const trusted = { ...(await readTrusted(places, world)), [path]: hash }
    await writePrivately(storeOf(state), `${JSON.stringify(trusted, null, 2)}\n`, world)
  } catch (error) {
    throw configError(
      `the trust cannot be remembered in ${state} (${codeOf(error)})`,
      'Make that folder writable, or set XDG_STATE_HOME.',
    )
  }
}
