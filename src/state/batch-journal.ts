import { createHash, randomBytes } from 'node:crypto'
import { link, open, readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, configError, type TriggerError } from '../core/errors.ts'
import type { ExitName } from '../core/exit-codes.ts'
import { makeFolder } from '../core/make-folder.ts'
import type { SecretRegistry } from '../core/secret.ts'
import { storeText } from '../core/store.ts'
import { jsonLines } from '../core/text/json-line.ts'
import type { Entry, Intent, Result } from './journal-entry.ts'
import { lineLog, linesIn } from './line-log.ts'
import { syncFolder } from './room-file.ts'

/** How a target of a batch has ended. */
export interface TargetEnd {
  exit: ExitName
  exitCode: number
  /** GitLab's status of its pipeline, as it was last seen. */
  status: string | null
}

/** What a batch has recorded of a target for which it was about to send a trigger. */
export interface TargetEntry extends Entry {
  /** A hash of what was sent. */
  hash: string
  /** Undefined where the run ended before the target did. */
  end: TargetEnd | undefined
}

/** The process that has begun a batch. */
export interface BatchRun {
  /** ISO 8601 in UTC. */
  at: string
  user: string
  host: string
  pid: number
}

/** What the journal holds of the last run of a plan. */
export interface EarlierBatch {
  /** The number of its file. */
  count: number
  run: BatchRun
  /** Whether it came to its end. */
  isOver: boolean
  targets: Map<string, TargetEntry>
}

/** The journal of a batch that is going on. */
export interface BatchJournal {
  /** Records that a trigger is about to be sent; it is on the disk when this resolves. Throws a configuration error: then it must not be sent. */
  begin(target: string, hash: string, intent: Intent): Promise<void>
  /** Records what came of it. Rejects if that cannot be written. */
  result(target: string, result: Result): Promise<void>
  /** Records how a target has ended, with what is written next. */
  end(target: string, end: TargetEnd): void
  /** Records that the batch is over, unless it was stopped. Throws a configuration error, also where the end of a target could not be recorded. */
  close(isOver: boolean): Promise<void>
}

type Line =
  | ({ type: 'run'; plan: string } & BatchRun)
  | { type: 'intent'; target: string; hash: string; intent: Intent }
  | { type: 'result'; target: string; result: Result }
  | { type: 'end'; target: string; end: TargetEnd }
  | { type: 'over' }

const unwritable = (folder: string, error: unknown): TriggerError =>
  configError(
    `batch: the journal in ${folder} cannot be written (${codeOf(error)})`,
    'Make that folder writable, or set XDG_STATE_HOME.',
  )

const hashOfPlan = (plan: string): string => createHash('sha256').update(plan).digest('hex').slice(0, 32)

const fileOf = (folder: string, plan: string, count: number): string =>
  join(folder, `${hashOfPlan(plan)}.${count}.jsonl`)

/** The numbers of a plan's files, the newest last. Each run of a plan has a file of its own. */
async function countsOf(folder: string, plan: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return []
    throw configError(
      `batch: the journal in ${folder} cannot be read (${codeOf(error)})`,
      'Make that folder readable, or set XDG_STATE_HOME.',
    )
  })
  const prefix = `${hashOfPlan(plan)}.`
  return names
    .filter((name) => name.startsWith(prefix) && /\.\d+\.jsonl$/.test(name))
    .map((name) => Number(name.slice(prefix.length).split('.')[0]))
    .sort((a, b) => a - b)
}

/** What the text of a journal holds; undefined where it has no whole line. */
export function parseBatch(text: string): Omit<EarlierBatch, 'count'> | undefined {
  const [head, ...lines] = linesIn(text) as Line[]
  if (head?.type !== 'run') return undefined
  const targets = new Map<string, TargetEntry>()
  let isOver = false
  for (const line of lines) {
    if (line.type === 'over') isOver = true
    if (line.type === 'intent')
      targets.set(line.target, { hash: line.hash, intent: line.intent, result: undefined, end: undefined })
    const entry = 'target' in line ? targets.get(line.target) : undefined
    if (entry && line.type === 'result') entry.result = line.result
    if (entry && line.type === 'end') entry.end = line.end
  }
  const { at, user, host, pid } = head
  return { run: { at, user, host, pid }, isOver, targets }
}

/** What the last run of a plan has recorded. Undefined where there is none. Throws a configuration error where that cannot be read. */
export async function readEarlier(folder: string, plan: string): Promise<EarlierBatch | undefined> {
  const count = (await countsOf(folder, plan)).at(-1)
  if (count === undefined) return undefined
  const path = fileOf(folder, plan, count)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw configError(`batch: the journal ${path} cannot be read (${codeOf(error)})`)
  })
  const earlier = parseBatch(text)
  if (!earlier)
    throw configError(`batch: the journal ${path} holds no whole line`, 'Check it, then remove it.')
  return { ...earlier, count }
}

function linesOf([target, { hash, intent, result, end }]: [string, TargetEntry]): Line[] {
  return [
    { type: 'intent', target, hash, intent },
    ...(result ? [{ type: 'result', target, result } as const] : []),
    ...(end ? [{ type: 'end', target, end } as const] : []),
  ]
}

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
  secrets: SecretRegistry,
): Promise<BatchJournal | undefined> {
  try {
    await makeFolder(folder)
    const path = fileOf(folder, plan, earlierCount + 1)
    const lines: Line[] = [{ type: 'run', plan, ...run }, ...[...kept].flatMap(linesOf)]
    const text = jsonLines(lines, secrets)
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
    const counts = await countsOf(folder, plan)
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
    return journalIn(handle, Buffer.byteLength(text), folder, secrets)
  } catch (error) {
    throw codeOf(error) === '' ? error : unwritable(folder, error)
  }
}

function journalIn(
  handle: Awaited<ReturnType<typeof open>>,
  begin: number,
  folder: string,
  secrets: SecretRegistry,
): BatchJournal {
  const log = lineLog(handle, begin, secrets)
  let running = 0
  let unwritten: unknown
  const write = (line: Line): Promise<void> => log.append(line, running * 2)
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
      write({ type: 'end', target, end }).catch((error: unknown) => {
        unwritten ??= error
      })
    },
    async close(isOver) {
      try {
        if (isOver) await write({ type: 'over' })
        if (unwritten !== undefined) throw unwritten as Error
      } catch (error) {
        throw unwritable(folder, error)
      } finally {
        await log.close()
      }
    },
  }
}
