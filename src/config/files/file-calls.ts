import * as fs from 'node:fs'
import { promisify } from 'node:util'
import type { Context } from '../../core/context.ts'

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

const byThreads = (): FileCalls => ({
  lstat: promisify(fs.lstat),
  open: promisify(fs.open),
  fstat: promisify(fs.fstat),
  read: promisify(fs.readFile),
  close: promisify(fs.close),
})

/**
 * The calls for a world. Where no file system can hang they are made on the spot: Node's threads for files cost a trigger a tenth
 * of its time (docs/performance.md#20). Elsewhere, or without a world, by these threads, so that a signal is heard in the meantime.
 */
export const fileCalls = (world?: Pick<Context, 'canFilesHang'>): FileCalls =>
  world === undefined || world.canFilesHang() ? byThreads() : onTheSpot
