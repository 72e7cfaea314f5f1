import { spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, configError, type TriggerError } from '../core/errors.ts'
import { jsonLine } from '../core/text/json-line.ts'
import { makeFolder } from '../core/make-folder.ts'
import { rulesOf } from '../core/system/platforms.ts'
import { inWriteTime } from '../core/limits/file-time.ts'
import { storeText } from '../core/store.ts'
import { unwritableFix, unwritableReason } from '../core/text/unwritable-fix.ts'
import { wrongValue } from '../core/text/wrong-value.ts'
import { writeInTime, type StateWorld } from './state-world.ts'

/** The process that holds a lock. */
export interface Holder {
  pid: number
  host: string
  /** The time of locking, ISO 8601 in UTC. */
  since: string
}

/** Where locks are kept, and flock(1) is to be found. */
export interface LockWorld extends StateWorld {
  /** The search path for programs. */
  path: string | undefined
  /** The operating system, as Node names it. */
  platform: string
}

/** The result of trying to take a lock. */
export type Locked =
  /** This run holds the lock until `release` or until the process ends in any way. */
  | { isOurs: true; release(): Promise<void> }
  /** Another process holds the lock; `holder` is undefined if it has not written its details yet. */
  | { isOurs: false; holder: Holder | undefined }

/** The exit status that flock(1) is asked for when another process holds the lock. */
const heldByOther = 75

const unusable = (flag: string, folder: string, error: unknown): TriggerError =>
  configError(
    `${flag}: the lock in ${folder} cannot be used (${unwritableReason(error)})`,
    unwritableFix(error, 'set XDG_STATE_HOME.', 'Make that folder writable'),
  )

/**
 * Runs flock(1) to lock an open file and resolves to its exit status, or to `missing` where that program is not
 * here, or could not lock on this system. Node has no flock(2). The child inherits our file descriptor, and the lock
 * belongs to the open file, so it remains after the child has ended. With `until`, it waits for the
 * lock until that aborts, and rejects with its reason then. Throws a configuration error if flock(1) cannot run.
 */
function flock(
  flag: string,
  handle: FileHandle,
  { path, platform }: Pick<LockWorld, 'path' | 'platform'>,
  until?: AbortSignal,
): Promise<number | null | 'missing'> {
  const { hasFlock, withoutFlock: advice } = rulesOf({ platform })
  if (!hasFlock) return Promise.resolve('missing')
  return new Promise((resolve, reject) => {
    until?.throwIfAborted()
    const args = until ? ['-x', '3'] : ['-n', '-x', '-E', String(heldByOther), '3']
    const child = spawn('flock', args, {
      stdio: ['ignore', 'ignore', 'ignore', handle.fd],
      // No environment variables, because they may hold tokens.
      env: path === undefined ? {} : { PATH: path },
    })
    child.once('error', (error) => {
      if (codeOf(error) === 'ENOENT') resolve('missing')
      else reject(configError(`${flag}: flock cannot be run (${codeOf(error)})`, advice))
    })
    const stop = (): void => {
      child.kill('SIGKILL')
      reject(until?.reason as Error)
    }
    until?.addEventListener('abort', stop, { once: true })
    child.once('close', (code) => {
      until?.removeEventListener('abort', stop)
      resolve(code)
    })
  })
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, host, since } = JSON.parse(text) as Partial<Holder>
    return typeof pid === 'number' && typeof host === 'string' && typeof since === 'string'
      ? { pid, host, since }
      : undefined
  } catch {
    // A process that has just taken the lock may not have written its details yet.
    return undefined
  }
}

/** The error of --lock where flock(1) is not there, or could not lock. */
function withoutFlock({ platform }: Pick<LockWorld, 'platform'>): TriggerError {
  const { hasFlock, withoutFlock: advice } = rulesOf({ platform })
  const why = hasFlock
    ? '--lock needs the program flock, which is not installed'
    : '--lock does not work on Windows'
  return configError(why, advice)
}

async function openFile(flag: string, folder: string, name: string): Promise<FileHandle> {
  try {
    await makeFolder(folder)
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW
    return await open(join(folder, `${name}.lock`), flags, 0o600)
  } catch (error) {
    throw unusable(flag, folder, error)
  }
}

/**
 * Takes the lock of that name, or reports who holds it, without waiting. The kernel releases it when the
 * process ends, even if it is killed. The file is never deleted, because then two runs could lock two files
 * of one name. Throws a configuration error if the lock cannot be used.
 */
export async function takeLock(
  folder: string,
  name: string,
  self: Holder,
  world: LockWorld,
): Promise<Locked> {
  // flock(1) does not wait, but the file system of the lock may.
  const locked = await writeInTime(
    () => tryLock(folder, name, self, world),
    world,
    (error) => unusable('--lock', folder, error),
  )
  if (!locked.isOurs) return locked
  return { isOurs: true, release: () => letGo(() => locked.release(), world) }
}

/** Closes the file of a lock. The kernel releases it at the end of this process, too, so that a file system that does not answer is no error. */
const letGo = (close: () => Promise<void>, world: LockWorld): Promise<void> =>
  inWriteTime(close, world).catch((error: unknown) => {
    if (codeOf(error) !== 'ETIMEDOUT') throw error
  })

async function tryLock(folder: string, name: string, self: Holder, world: LockWorld): Promise<Locked> {
  const handle = await openFile('--lock', folder, name)
  try {
    const code = await flock('--lock', handle, world)
    if (code === 'missing') throw withoutFlock(world)
    if (code === heldByOther) {
      const holder = parseHolder((await handle.readFile()).toString())
      await handle.close()
      return { isOurs: false, holder }
    }
    if (code !== 0) throw unusable('--lock', folder, { code: `flock ended with ${code ?? 'a signal'}` })
    await handle.truncate(0)
    await storeText(handle, jsonLine(self, world.secrets))
    return { isOurs: true, release: () => handle.close() }
  } catch (error) {
    await handle.close()
    throw codeOf(error) === '' ? error : unusable('--lock', folder, error)
  }
}

/**
 * Waits until no other process of this machine reads and changes what `name` stands for in a folder. Resolves
 * to what lets the next one, as the end of this process does; to undefined where there is no flock(1), so that
 * nothing keeps others away. Rejects with the reason of `until`. Throws a configuration error that names `flag`.
 */
export async function waitForLock(
  flag: string,
  folder: string,
  name: string,
  world: LockWorld,
  until: AbortSignal,
): Promise<(() => Promise<void>) | undefined> {
  const handle = await writeInTime(
    () => openFile(flag, folder, name),
    world,
    (error) => unusable(flag, folder, error),
  )
  try {
    const code = await flock(flag, handle, world, until)
    if (code === 0) return () => letGo(() => handle.close(), world)
    if (code !== 'missing') throw unusable(flag, folder, { code: `flock ended with ${code ?? 'a signal'}` })
  } catch (error) {
    await handle.close()
    throw error
  }
  await handle.close()
  return undefined
}

/** Throws a usage error if a text is not a valid lock name. */
export function checkLockName(name: string): void {
  if (!/^[\w][\w.-]{0,63}$/.test(name))
    throw wrongValue('--lock', name, 'not a name', 'Use letters and digits, with dots, - and _ between them.')
}
