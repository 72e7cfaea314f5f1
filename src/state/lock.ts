import { spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, configError, usageError, type TriggerError } from '../core/errors.ts'
import { makeFolder } from '../core/make-folder.ts'

/** Who holds a lock. */
export interface Holder {
  pid: number
  host: string
  /** ISO 8601, UTC. */
  since: string
}

/** A lock that was asked for. */
export type Locked =
  /** It is ours until `release`, or until the process ends, however that happens. */
  | { isOurs: true; release(): Promise<void> }
  /** Somebody else has it; undefined where they have not said yet who they are. */
  | { isOurs: false; holder: Holder | undefined }

/** What flock(1) ends with where another process has the lock. */
const taken = 75

const unusable = (folder: string, error: unknown): TriggerError =>
  configError(
    `--lock: the lock in ${folder} cannot be used (${codeOf(error)})`,
    'Make that folder writable, or set XDG_STATE_HOME.',
  )

/**
 * Locks an open file by flock(2), which Node does not have: flock(1) locks the descriptor that it inherits, the lock belongs to the open file
 * that we share with it, and stays when it ends. `path` is where programs are looked for. Resolves to its exit code. Throws a configuration error where there is no such program.
 */
function flock(handle: FileHandle, path: string | undefined): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const args = ['-n', '-x', '-E', String(taken), '3']
    const child = spawn('flock', args, {
      stdio: ['ignore', 'ignore', 'ignore', handle.fd],
      // Nothing of ours, least of all a token.
      env: path === undefined ? {} : { PATH: path },
    })
    child.once('error', (error) => {
      const isMissing = codeOf(error) === 'ENOENT'
      const message = isMissing
        ? '--lock needs the program flock, which is not here'
        : `--lock: flock cannot be run (${codeOf(error)})`
      const hint = 'It is part of util-linux and of busybox; elsewhere leave --lock out.'
      reject(configError(message, hint))
    })
    child.once('close', resolve)
  })
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, host, since } = JSON.parse(text) as Partial<Holder>
    return typeof pid === 'number' && typeof host === 'string' && typeof since === 'string'
      ? { pid, host, since }
      : undefined
  } catch {
    // Whoever has just taken it may not have written yet.
    return undefined
  }
}

async function openFile(folder: string, name: string): Promise<FileHandle> {
  try {
    await makeFolder(folder)
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW
    return await open(join(folder, `${name}.lock`), flags, 0o600)
  } catch (error) {
    throw unusable(folder, error)
  }
}

/**
 * Takes the lock of that name, or finds out who has it; never waits. The kernel holds it for our open file, so a killed run leaves none behind.
 * The file stays: to delete it would let two runs lock two files of one name. Throws a configuration error where it cannot be used.
 */
export async function takeLock(
  folder: string,
  name: string,
  me: Holder,
  path: string | undefined,
): Promise<Locked> {
  const handle = await openFile(folder, name)
  try {
    const code = await flock(handle, path)
    if (code === taken) {
      const holder = parseHolder((await handle.readFile()).toString())
      await handle.close()
      return { isOurs: false, holder }
    }
    if (code !== 0) throw unusable(folder, { code: `flock ended with ${code ?? 'a signal'}` })
    await handle.truncate(0)
    await handle.write(`${JSON.stringify(me)}\n`, 0)
    return { isOurs: true, release: () => handle.close() }
  } catch (error) {
    await handle.close()
    throw codeOf(error) === '' ? error : unusable(folder, error)
  }
}

/** Throws a usage error for what cannot be the name of a lock. */
export function checkLockName(name: string): void {
  if (!/^[\w][\w.-]{0,63}$/.test(name))
    throw usageError('--lock: not a name', 'Use letters, digits, and . _ - between them.')
}
