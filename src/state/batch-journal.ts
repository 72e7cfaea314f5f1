import { randomBytes } from 'node:crypto'
import { link, open, rm } from 'node:fs/promises'
import { codeOf, configError, type TriggerError } from '../core/errors.ts'
import { inWriteTime } from '../core/limits/file-time.ts'
import { makeFolder } from '../core/make-folder.ts'
import { unwritableFix, unwritableReason } from '../core/text/unwritable-fix.ts'
import { storeText } from '../core/store.ts'
import { jsonLines } from '../core/text/json-line.ts'
import { runNumbersOf, fileOf } from './batch-files.ts'
import { linesOf, type BatchLine, type BatchRun, type TargetEnd, type TargetEntry } from './batch-lines.ts'
import type { Intent, Result } from './journal-entry.ts'
import { lineLog } from './line-log.ts'
import { syncFolder } from './room-file.ts'
import type { StateWorld } from './state-world.ts'

/** The journal of a batch that is going on. */
export interface BatchJournal {
  /** Records that a trigger is about to be sent; it is on the disk when this resolves. Throws a configuration error: then it must not be sent. */
  begin(target: string, hash: string, intent: Intent): Promise<void>
  /** Records the result. Rejects if that cannot be written. */
  result(target: string, result: Result): Promise<void>
  /** Records how a target has ended, with what is written next. */
  end(target: string, end: TargetEnd): void
  /** Records that the batch has ended, unless it was stopped. Throws a configuration error, also where the end of a target could not be recorded. */
  close(isOver: boolean): Promise<void>
}

const unwritable = (folder: string, error: unknown): TriggerError =>
  configError(
    `batch: the journal in ${folder} cannot be written (${unwritableReason(error)})`,
    unwritableFix(error, 'set XDG_STATE_HOME.', 'Make that folder writable'),
  )

/**
 * Begins the journal of a new run of a plan, with what is to be known of an earlier one. It is a new file, the one after that of which this run has read
 * (`earlierCount`; 0 for none): of several runs that have read the same only one can make it, and none that is killed between two steps loses anything.
 * Resolves to undefined where another run was faster. Throws a configuration error where it cannot be written: then nothing must be sent.
 */
export async function beginJournal(
  folder: string,
  plan: string,
  run: BatchRun,
  earlierCount: number,
  kept: ReadonlyMap<string, TargetEntry>,
  world: StateWorld,
): Promise<BatchJournal | undefined> {
  const begin = async (): Promise<BatchJournal | undefined> => {
    await makeFolder(folder)
    const path = fileOf(folder, plan, earlierCount + 1)
    const lines: BatchLine[] = [{ type: 'run', plan, ...run }, ...[...kept].flatMap(linesOf)]
    const text = jsonLines(lines, world.secrets)
    const temporary = `${path}.${randomBytes(6).toString('hex')}`
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await storeText(handle, text)
      await handle.sync()
      await link(temporary, path)
    } catch (error) {
      await handle.close()
      if (codeOf(error) === 'EEXIST') return undefined
      throw error
    } finally {
      await rm(temporary, { force: true })
    }
    const counts = await runNumbersOf(folder, plan, world)
    // This run has been slow: the file with its number was made by another one, and has been removed by a later one.
    if (counts.some((count) => count > earlierCount + 1)) {
      await handle.close()
      await rm(path, { force: true })
      return undefined
    }
    await syncFolder(folder)
    // That of the earlier run stays, so that others that have read it find its number followed by this one's.
    for (const count of counts)
      if (count < earlierCount) await rm(fileOf(folder, plan, count), { force: true })
    return journalIn(handle, Buffer.byteLength(text), folder, world)
  }
  return inWriteTime(begin, world).catch((error: unknown): never => {
    throw codeOf(error) === '' ? error : unwritable(folder, error)
  })
}

function journalIn(
  handle: Awaited<ReturnType<typeof open>>,
  begin: number,
  folder: string,
  world: StateWorld,
): BatchJournal {
  const log = lineLog(handle, begin, world)
  let running = 0
  let unwritten: unknown
  const write = (line: BatchLine): Promise<void> => log.append(line, running * 2)
  return {
    async begin(target, hash, intent) {
      running += 1
      await write({ type: 'intent', target, hash, intent }).catch((error: unknown) => {
        throw unwritable(folder, error)
      })
    },
    result: (target, result) => write({ type: 'result', target, result }),
    end(target, end) {
      running = Math.max(0, running - 1)
      const line: BatchLine = { type: 'end', target, end }
      log.add(line, running * 2).catch((error: unknown) => {
        unwritten ??= error
      })
    },
    async close(isOver) {
      try {
        if (isOver) await write({ type: 'over' })
      } catch (error) {
        unwritten ??= error
      }
      // The ends of targets may still be on their way to the disk.
      await log.close().catch((error: unknown) => {
        unwritten ??= error
      })
      if (unwritten !== undefined) throw unwritable(folder, unwritten)
    },
  }
}
