import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { BatchReporter, TargetProgress } from '../batch-events.ts'
import { absolutePath } from '../config/files/places.ts'
import { checkAppendable } from '../core/store.ts'
import type { Context } from '../core/context.ts'
import { codeOf, configError, TriggerError } from '../core/errors.ts'
import { inFileTime, inWriteTime, type FileWorld } from '../core/limits/file-time.ts'
import { storeText } from '../core/store.ts'
import { describeIoError, unwritableFileFix } from '../core/text/unwritable-fix.ts'

/** The file of --joblog. */
export interface Joblog {
  listen: BatchReporter
  /** Resolves once all is written, to the error for what could not be. */
  end(): Promise<TriggerError | undefined>
  close(): Promise<void>
}

const columns = ['Time', 'Target', 'State', 'Exit', 'Id', 'Runtime', 'Url']

/** A field of a line, in which no tab or line end may be. */
const field = (text: string): string => text.replace(/[\t\p{Cc}\p{Zl}\p{Zp}]/gu, ' ') || '-'

function lineOf(
  { name, state, exit, exitCode, id, begunAt, endedAt, webUrl }: TargetProgress,
  now: number,
): string {
  const runtime =
    begunAt === undefined || endedAt === undefined ? '' : ((endedAt - begunAt) / 1000).toFixed(3)
  const cells = [
    new Date(now).toISOString(),
    name,
    state,
    exit === undefined ? '' : String(exitCode),
    id === null ? '' : String(id),
    runtime,
    webUrl ?? '',
  ]
  return `${cells.map(field).join('\t')}\n`
}

const problemWith = (path: string, error: unknown): string =>
  `--joblog: cannot write ${path}: ${describeIoError(error)}`

function refusePath(path: string, error: unknown): never {
  if (codeOf(error) === '') throw error
  throw configError(problemWith(path, error), unwritableFileFix(path, error))
}

/** Throws the configuration error with which a batch would refuse the file. Changes nothing. */
export const checkJoblog = (path: string, context: Pick<Context, 'cwd' | 'env'> & FileWorld): Promise<void> =>
  inFileTime(() => checkAppendable(absolutePath(path, context)), context).catch((error: unknown) =>
    refusePath(absolutePath(path, context), error),
  )

/**
 * Opens the file before anything is sent: a line for each pipeline that is created and for each target that has ended, with tabs between. A resumed run
 * adds to it. Throws a configuration error if it cannot be written.
 */
export async function openJoblog(
  path: string,
  isResumed: boolean,
  context: Pick<Context, 'cwd' | 'secrets'> & FileWorld,
): Promise<Joblog> {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK, O_TRUNC } = constants
  const absolute = absolutePath(path, context)
  const flags = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | (isResumed ? 0 : O_TRUNC)
  const write = (text: string): Promise<void> =>
    inWriteTime(() => storeText(handle, context.secrets.redact(text)), context)
  const problem = (error: unknown): string => problemWith(absolute, error)
  const refuse = (error: unknown): never => refusePath(absolute, error)
  const handle = await inFileTime(() => open(absolute, flags, 0o600), context).catch(refuse)
  const hasHead = isResumed && (await inFileTime(() => handle.stat(), context).catch(refuse)).size > 0
  if (!hasHead) await write(`${columns.join('\t')}\n`).catch(refuse)
  let writing = Promise.resolve()
  let lost: TriggerError | undefined
  return {
    listen(event) {
      const isWanted =
        (event.type === 'told' && event.event.type === 'triggered') ||
        (event.type === 'changed' && event.target.state === 'over')
      if (!isWanted) return Promise.resolve()
      const now = 'now' in event ? event.now : (event.target.createdAt ?? 0)
      const line = lineOf(event.target, now)
      // A target does not fail because its line is lost.
      writing = writing
        .then(() => write(line))
        .catch((error: unknown) => {
          lost ??= new TriggerError({ exit: 'notWritten', message: problem(error) })
        })
      return writing
    },
    async end() {
      await writing
      return lost
    },
    async close() {
      await writing
      await inWriteTime(() => handle.close(), context).catch((error: unknown) => {
        // Where no line could be written, that was said.
        if (codeOf(error) !== 'ETIMEDOUT' || !lost) throw error
      })
    },
  }
}
