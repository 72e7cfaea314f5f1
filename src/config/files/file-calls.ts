import * as fs from 'node:fs'
import { promisify } from 'node:util'
import type { Context } from '../../core/context.ts'
import { inFileTime, usualFileCallMs, type FileWorld } from '../../core/limits/file-time.ts'
import { parseDuration } from '../duration.ts'

/** The calls by which files are looked for and read. Each rejects with Node's error. */
export interface FileCalls {
  /** Resolves to what is at a path, a link itself included; undefined where the name is not in its folder. */
  lstat: (path: string) => Promise<fs.Stats | undefined>
  /** Resolves to a descriptor. */
  open: (path: string, flags: number) => Promise<number>
  fstat: (fd: number) => Promise<fs.Stats>
  /** Reads a regular file from where the descriptor stands to its end. */
  read: (fd: number) => Promise<Buffer>
  close: (fd: number) => Promise<void>
}

const promised =
  <A extends unknown[], T>(call: (...args: A) => T) =>
  (...args: A): Promise<T> =>
    new Promise((resolve) => {
      resolve(call(...args))
    })

const onTheSpot: FileCalls = {
  lstat: promised((path) => fs.lstatSync(path, { throwIfNoEntry: false })),
  open: promised(fs.openSync),
  fstat: promised((fd) => fs.fstatSync(fd)),
  read: promised((fd) => fs.readFileSync(fd)),
  close: promised(fs.closeSync),
}

/** The same call in its time. */
const limited =
  <A extends unknown[], T>(call: (...args: A) => Promise<T>, world: FileWorld | undefined) =>
  (...args: A): Promise<T> =>
    inFileTime(() => call(...args), world)

/** Calls by Node's threads, for a file whose file system is not known. */
export function byThreads(world: FileWorld | undefined): FileCalls {
  const threads: FileCalls = {
    lstat: promisify(fs.lstat),
    open: promisify(fs.open),
    fstat: promisify(fs.fstat),
    read: promisify(fs.readFile),
    close: promisify(fs.close),
  }
  return {
    lstat: limited(threads.lstat, world),
    open: limited(threads.open, world),
    fstat: limited(threads.fstat, world),
    read: limited(threads.read, world),
    close: threads.close,
  }
}

/**
 * The calls for a world. Where no file system can hang they are made on the spot: Node's threads for files cost a trigger a tenth
 * of its time (docs/performance.md#20). Elsewhere, or without a world, by these threads, so that signals and time limits hold.
 */
export const fileCalls = (world?: FileWorld): FileCalls =>
  world === undefined || world.canFilesHang() ? byThreads(world) : onTheSpot

/** Limits each call to the --timeout that was typed, if that is shorter than usual. One that is no duration is refused elsewhere. */
export function limitFileCalls(timeout: unknown, context: Context): void {
  if (typeof timeout !== 'string') return
  try {
    context.fileCallMs = Math.min(usualFileCallMs, parseDuration(timeout, '--timeout'))
  } catch {
    // The command says so.
  }
}
