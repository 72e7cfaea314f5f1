import { constants } from 'node:fs'
import { access, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from './errors.ts'
import type { RedactedText } from './secret.ts'

// The only functions that write to files (docs/decisions/0070-one-door-to-files.md). Each writes where the open file stands, and throws
// Node's errors.

/** Writes a text in which secrets are masked: a server may have sent them back. */
export function storeText(file: FileHandle, text: RedactedText): Promise<void> {
  return file.writeFile(text)
}

/** The same at a position. Resolves to where it ends; rejects with ENOSPC where not all of it was taken. */
export async function storeTextAt(file: FileHandle, text: RedactedText, position: number): Promise<number> {
  const bytes = Buffer.from(text)
  const { bytesWritten } = await file.write(bytes, 0, bytes.length, position)
  if (bytesWritten < bytes.length) throw Object.assign(new Error('the disk is full'), { code: 'ENOSPC' })
  return position + bytes.length
}

/**
 * Writes bytes unchanged: a token where the user keeps it, the user's own config files, artifacts. Who may do so is listed in
 * `__tests__/project/architecture.test.ts`.
 */
export function storeExactly(file: FileHandle, content: string | Uint8Array): Promise<void> {
  return file.writeFile(content)
}

/** Rejects with Node's error where lines could not be added to a file, which need not exist. Changes nothing. */
export async function checkAppendable(path: string): Promise<void> {
  const { O_WRONLY, O_APPEND, O_NONBLOCK, W_OK, X_OK } = constants
  try {
    await (await open(path, O_WRONLY | O_APPEND | O_NONBLOCK)).close()
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    await access(dirname(path), W_OK | X_OK)
  }
}
