import { join } from 'node:path'
import { codeOf, configError } from '../../core/errors.ts'
import { inWriteTime, type FileWorld } from '../../core/limits/file-time.ts'
import { makeFolder } from '../../core/make-folder.ts'
import { unwritableFix, unwritableReason } from '../../core/text/unwritable-fix.ts'
import type { Places } from './places.ts'
import { hashOf, readTrusted, trustedCopy, trustRecord } from './trust.ts'
import { writePrivately } from './write-privately.ts'

/** Records that a file with this content is trusted. Throws a configuration error if that fails. */
export async function recordTrust(
  path: string,
  content: Buffer,
  places: Places,
  world: FileWorld,
): Promise<void> {
  const { state } = places
  if (state === undefined) {
    throw configError('there is no folder to remember it in', 'Set HOME or XDG_STATE_HOME.')
  }
  const hash = hashOf(content)
  try {
    await inWriteTime(() => makeFolder(join(state, 'trusted')), world)
    await writePrivately(trustedCopy(state, hash), content, world)
    const trusted = { ...(await readTrusted(places, world)), [path]: hash }
    await writePrivately(trustRecord(state), `${JSON.stringify(trusted, null, 2)}\n`, world)
  } catch (error) {
    if (codeOf(error) === '') throw error
    throw configError(
      `the trust cannot be remembered in ${state} (${unwritableReason(error)})`,
      unwritableFix(error, 'set XDG_STATE_HOME.', 'Make that folder writable'),
    )
  }
}
