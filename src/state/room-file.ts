import { randomBytes } from 'node:crypto'
import { link, open, rm } from 'node:fs/promises'
import type { Context } from '../core/context.ts'
import { storeText, storeTextAt } from '../core/store.ts'
import { jsonLine } from '../core/text/json-line.ts'

/** Room for a result, in bytes, which is taken together with the intent: afterwards the disk may be full. */
const roomBytes = 4096

/** Creates a file with one line, and room for the next, atomically. Rejects with EEXIST if the file exists. */
export async function createWithLine(
  path: string,
  line: unknown,
  { secrets }: Pick<Context, 'secrets'>,
): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`
  try {
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await storeText(handle, jsonLine(line, secrets))
      await storeText(handle, secrets.redact(`${' '.repeat(roomBytes)}\n`))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await link(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Writes a line where the room of a file begins, and resolves when it is on the disk. */
export async function writeInRoom(
  path: string,
  line: unknown,
  { secrets }: Pick<Context, 'secrets'>,
): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    const used = Buffer.byteLength((await handle.readFile('utf8')).trimEnd())
    // A crash may have left an incomplete line, so begin a new one.
    const begun = await storeTextAt(handle, secrets.redact('\n'), used)
    await handle.truncate(await storeTextAt(handle, jsonLine(line, secrets), begun))
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Flushes a folder to the disk. Without it a new file can be lost in a crash. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
