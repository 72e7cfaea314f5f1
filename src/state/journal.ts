import { createHash, randomBytes } from 'node:crypto'
import { link, open, readFile, readdir, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Build } from '../core/build.ts'
import { codeOf, configError, type TriggerError } from '../core/errors.ts'
import { makeFolder } from '../core/make-folder.ts'

/** What a run is about to do, written before it does it. */
export interface Intent {
  /** What the user called it. */
  key: string
  /** ISO 8601, UTC. */
  at: string
  server: string
  project: string
  ref: string
  /** Names only. */
  variables: string[]
  /** The newest pipeline of that ref and source before; null where nobody could look. */
  baseline: number | null
  source: 'trigger' | 'pipeline'
  /** The value of GITLAB_TRIGGER_ID, if --marker sent one. */
  marker: string | null
  user: string
  host: string
  pid: number
}

/** How it ended. */
export interface Result {
  at: string
  outcome: 'triggered' | 'none' | 'unknown'
  build: Build | null
  exitCode: number
}

/** One trigger of a key, as the journal has it. */
export interface Entry {
  intent: Intent
  /** Undefined where the run ended before it could write one. */
  result: Result | undefined
}

/** A trigger that was announced in the journal. */
export interface Announced {
  /** Writes how it ended. Rejects when that cannot be written. */
  finish(result: Result): Promise<void>
}

const unwritable = (folder: string, error: unknown): TriggerError =>
  configError(
    `--once: the journal in ${folder} cannot be written (${codeOf(error)})`,
    'Make that folder writable, or set XDG_STATE_HOME.',
  )

function fileOf(folder: string, key: string): string {
  return join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.jsonl`)
}

/** Appends one line, and returns when the disk has it. `flags` as of open(2). */
async function append(path: string, line: unknown, flags: 'a' | 'wx'): Promise<void> {
  const handle = await open(path, flags, 0o600)
  try {
    // A crash may have left half a line.
    await handle.writeFile(`${flags === 'a' ? '\n' : ''}${JSON.stringify(line)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes a file with one line, whole or not at all; another run never sees half of it. Rejects with EEXIST where the file is there. */
async function place(path: string, line: unknown): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`
  await append(temporary, line, 'wx')
  try {
    await link(temporary, path)
  } finally {
    await unlink(temporary)
  }
}

/** A new file is only safe once its folder is on the disk too. */
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
      // The last line of a crashed run may be half written.
      return []
    }
  })
  const [intent, ...results] = lines.filter((line) => typeof line === 'object' && line !== null) as [
    Intent?,
    ...Result[],
  ]
  const isWhole = typeof intent?.key === 'string' && typeof intent.at === 'string'
  return isWhole ? { intent, result: results.at(-1) } : undefined
}

/** What the journal has on a key; undefined where it was not used, or every use of it provably made nothing. */
export async function readEntry(folder: string, key: string): Promise<Entry | undefined> {
  try {
    return parse(await readFile(fileOf(folder, key), 'utf8'))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw unwritable(folder, error)
  }
}

/**
 * Announces a trigger: the intent is on the disk when this resolves. Resolves to undefined if another run has announced the same key
 * meanwhile. Throws a configuration error where it cannot be written: then nothing must be sent (T76).
 */
export async function recordIntent(folder: string, intent: Intent): Promise<Announced | undefined> {
  const path = fileOf(folder, intent.key)
  try {
    await makeFolder(folder)
    await place(path, intent)
    await syncFolder(folder)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined
    throw unwritable(folder, error)
  }
  return { finish: (result) => recordResult(folder, intent, result) }
}

/** Writes how an announced trigger ended. One that made nothing is put aside, so that its key may be used again. */
export async function recordResult(folder: string, intent: Intent, result: Result): Promise<void> {
  const path = fileOf(folder, intent.key)
  await append(path, result, 'a')
  if (result.outcome === 'none')
    await rename(path, path.replace(/\.jsonl$/, `.${Date.parse(result.at)}.jsonl`))
}

/** Everything in the journal, oldest first. */
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
