import { createHash, randomBytes } from 'node:crypto'
import { link, open, readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Build } from '../core/build.ts'
import { codeOf, configError, TriggerError } from '../core/errors.ts'
import { jsonLine } from '../core/text/json-line.ts'
import { makeFolder } from '../core/make-folder.ts'
import type { SecretRegistry } from '../core/secret.ts'
import { storeText, storeTextAt } from '../core/store.ts'

/** What a run is about to trigger, written to the journal before the request is sent. */
export interface Intent {
  /** The idempotency key (`--once KEY`). */
  key: string
  /** The time, ISO 8601 in UTC. */
  at: string
  server: string
  project: string
  ref: string
  /** Names of the variables, without values. */
  variables: string[]
  /** The newest earlier pipeline of that ref and source; null if it could not be read. */
  baseline: number | null
  source: 'trigger' | 'pipeline' | 'either'
  /** The value of GITLAB_TRIGGER_ID, if --marker sent one. */
  marker: string | null
  /** The form field by which the pipeline can be found (docs/decisions/0040-only-proof-makes-a-pipeline-ours.md); runs of earlier versions sent none. */
  nonce?: string | undefined
  user: string
  host: string
  pid: number
}

/** How a trigger ended. */
export interface Result {
  at: string
  outcome: 'triggered' | 'none' | 'unknown'
  build: Build | null
  exitCode: number
}

/** One trigger in the journal. */
export interface Entry {
  intent: Intent
  /** Undefined if the run ended before it could write one. */
  result: Result | undefined
}

/** A trigger whose intent is in the journal. */
export interface RecordedIntent {
  /** Writes the result. Rejects if it cannot be written. */
  finish(result: Result): Promise<void>
}

const unwritable = (folder: string, error: unknown): TriggerError =>
  configError(
    `--once: the journal in ${folder} cannot be written (${codeOf(error)})`,
    'Make that folder writable, or set XDG_STATE_HOME.',
  )

/**
 * The file of a key's trigger, counted from 0: the next one begins when one has recorded that it created nothing.
 * No file is ever renamed or emptied, so that a run that is killed between two steps loses nothing, and of several runs
 * at once only one can create the next file.
 */
function fileOf(folder: string, key: string, count: number): string {
  const name = createHash('sha256').update(key).digest('hex').slice(0, 32)
  return join(folder, count === 0 ? `${name}.jsonl` : `${name}.${count}.jsonl`)
}

/** Room for a result, in bytes, which is taken together with the intent: afterwards the disk may be full. */
const roomBytes = 4096

/** Creates a file with one line, and room for the next, atomically. Rejects with EEXIST if the file exists. */
async function createWithLine(path: string, line: unknown, secrets: SecretRegistry): Promise<void> {
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
async function writeInRoom(path: string, line: unknown, secrets: SecretRegistry): Promise<void> {
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
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function parse(text: string): Entry | undefined {
  const lines = text.split('\n').flatMap((line): unknown[] => {
    try {
      return [JSON.parse(line)]
    } catch {
      // A crash may have left the last line incomplete.
      return []
    }
  })
  const [intent, ...results] = lines.filter((line) => typeof line === 'object' && line !== null) as [
    Intent?,
    ...Result[],
  ]
  const isComplete = typeof intent?.key === 'string' && typeof intent.at === 'string'
  return isComplete ? { intent, result: results.at(-1) } : undefined
}

/** The file that a key is at, and whether it is there: else the key is free. */
interface Place {
  path: string
  isThere: boolean
  /** Undefined also where the file holds no whole line. */
  entry: Entry | undefined
}

/** The first file of a key that does not say that nothing was created. */
async function placeOf(folder: string, key: string): Promise<Place> {
  for (let count = 0; ; count += 1) {
    const path = fileOf(folder, key, count)
    try {
      const entry = parse(await readFile(path, 'utf8'))
      if (entry?.result?.outcome !== 'none') return { path, isThere: true, entry }
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return { path, isThere: false, entry: undefined }
      throw unwritable(folder, error)
    }
  }
}

/** The entry of a key. Undefined if the key is unused or all its triggers created nothing. */
export async function readEntry(folder: string, key: string): Promise<Entry | undefined> {
  return (await placeOf(folder, key)).entry
}

/**
 * Writes an intent; it is on the disk when this resolves. Resolves to undefined if another run has written
 * the same key meanwhile. Throws a configuration error if it cannot be written: then nothing must be sent
 * (docs/guarantees.md#T76).
 */
export async function recordIntent(
  folder: string,
  intent: Intent,
  secrets: SecretRegistry,
): Promise<RecordedIntent | undefined> {
  try {
    await makeFolder(folder)
    const { path, isThere } = await placeOf(folder, intent.key)
    if (isThere) return undefined
    await createWithLine(path, intent, secrets)
    await syncFolder(folder)
  } catch (error) {
    if (error instanceof TriggerError) throw error
    // Another run was faster; its trigger may even have ended with nothing by now.
    if (codeOf(error) === 'EEXIST') return recordIntent(folder, intent, secrets)
    throw unwritable(folder, error)
  }
  return { finish: (result) => recordResult(folder, intent, result, secrets) }
}

/** Writes the result of a trigger. The key is free again if nothing was created. */
export async function recordResult(
  folder: string,
  intent: Intent,
  result: Result,
  secrets: SecretRegistry,
): Promise<void> {
  const { path } = await placeOf(folder, intent.key)
  await writeInRoom(path, result, secrets)
}

/** All entries, oldest first. Throws a configuration error if the folder cannot be read. */
export async function readAll(folder: string): Promise<Entry[]> {
  let names: string[]
  try {
    names = await readdir(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw configError(`the journal in ${folder} cannot be read (${codeOf(error)})`)
  }
  const ours = names.filter((name) => /^[0-9a-f]{32}(\.\d+)?\.jsonl$/.test(name))
  const texts = await Promise.all(ours.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')))
  return texts
    .map(parse)
    .filter((entry) => entry !== undefined)
    .sort((a, b) => a.intent.at.localeCompare(b.intent.at))
}
