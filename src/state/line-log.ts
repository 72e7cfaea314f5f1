import type { FileHandle } from 'node:fs/promises'
import { codeOf } from '../core/errors.ts'
import { inWriteTime } from '../core/limits/file-time.ts'
import { storeTextAt } from '../core/store.ts'
import { jsonLines } from '../core/text/json-line.ts'
import type { StateWorld } from './state-world.ts'

/** Room for the lines that are still to come, in bytes, which is taken beforehand: later the disk may be full. */
const roomForOne = 4096
const growth = 64 * 1024

/** A file of lines that are on the disk once they are written. */
export interface LineLog {
  /**
   * Writes a line; it is on the disk when this resolves. `owed` is how many lines will have to follow, whatever happens. Rejects with Node's
   * errors.
   */
  append(line: unknown, owed: number): Promise<void>
  /** The same for a line that can wait for the next one, or for `close`: a flush takes longer than all else that a trigger does on the disk. */
  add(line: unknown, owed: number): Promise<void>
  close(): Promise<void>
}

interface Waiting {
  line: unknown
  resolve: () => void
  reject: (error: unknown) => void
}

/**
 * Writes lines to an open file from `begin` on. Lines that come while others are being written go to the disk together, since one flush takes
 * as long as many (docs/decisions/0111-the-journal-of-a-batch.md).
 */
export function lineLog(handle: FileHandle, begin: number, world: StateWorld): LineLog {
  const { secrets } = world
  let used = begin
  let size = begin
  let reserved = 0
  let waiting: Waiting[] = []
  let isUrgent = false
  let flushing: Promise<void> | undefined
  /** Where the file system has stopped to answer: a call that is still under way may yet write where the next line would be. */
  let broken: Error | undefined

  const write = async (lines: readonly Waiting[]): Promise<void> => {
    const text = jsonLines(
      lines.map(({ line }) => line),
      secrets,
    )
    const end = used + Buffer.byteLength(text)
    const wanted = end + reserved * roomForOne
    if (wanted > size) {
      const room = Math.max(wanted - size, growth)
      size = await storeTextAt(handle, secrets.redact(' '.repeat(room)), size)
    }
    await storeTextAt(handle, text, used)
    await handle.datasync()
    used = end
  }
  const flush = async (): Promise<void> => {
    while (isUrgent) {
      const lines = waiting
      waiting = []
      isUrgent = false
      try {
        if (broken !== undefined) throw broken
        await inWriteTime(() => write(lines), world)
        for (const { resolve } of lines) resolve()
      } catch (error) {
        if (error instanceof Error && codeOf(error) === 'ETIMEDOUT') broken = error
        for (const { reject } of lines) reject(error)
      }
    }
    flushing = undefined
  }
  const add = (line: unknown, owed: number): Promise<void> => {
    reserved = owed
    return new Promise((resolve, reject) => {
      waiting.push({ line, resolve, reject })
    })
  }
  const start = (): void => {
    isUrgent = true
    flushing ??= flush()
  }
  return {
    add,
    append(line, owed) {
      const written = add(line, owed)
      start()
      return written
    },
    async close() {
      if (waiting.length > 0) start()
      await flushing
      if (broken !== undefined) return
      const cut = (): Promise<void> => handle.truncate(used).catch(() => undefined)
      await inWriteTime(() => cut().then(() => handle.close()), world)
    },
  }
}

/** The objects in the lines of such a file. What a crash has left incomplete is passed over. */
export function linesIn(text: string): object[] {
  return text.split('\n').flatMap((line): object[] => {
    try {
      const value: unknown = JSON.parse(line)
      return typeof value === 'object' && value !== null ? [value] : []
    } catch {
      return []
    }
  })
}
