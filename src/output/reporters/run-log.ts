import { errorObject } from '../../core/text/error-object.ts'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { BuildState } from '../../core/build.ts'
import { checkAppendable, storeText } from '../../core/store.ts'
import { jsonLine } from '../../core/text/json-line.ts'
import type { Context } from '../../core/context.ts'
import { codeOf, configError, type TriggerError } from '../../core/errors.ts'
import { inFileTime, inWriteTime, type FileWorld } from '../../core/limits/file-time.ts'
import { unwritableFileFix, unwritableReason } from '../../core/text/unwritable-fix.ts'
import type { Reporter } from '../../events.ts'
import { runResults } from './json-reporter.ts'

/** The file of --log-file, to which each run appends one line. */
export interface RunLog {
  /** Collects the events of a run of one target, and of what comes before several. */
  listen: Reporter
  /** Collects the events of one of several targets, under its name. */
  listenFor: (target: string) => Reporter
  /** The pipelines that were created. */
  state: () => BuildState
  /** Appends the line. Rejects if it cannot be written. */
  finish(exitCode: number, failure: TriggerError | undefined): Promise<void>
}

/** Non-blocking, since opening a named pipe without a reader would wait forever. */
const appendFlags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK

function refuse(path: string, error: unknown): never {
  if (codeOf(error) === '') throw error
  throw configError(
    `--log-file: ${path} cannot be written (${unwritableReason(error)})`,
    unwritableFileFix(path, error),
  )
}

/** Throws the configuration error with which a run would refuse the file. Changes nothing. */
export const checkRunLog = (path: string, world: FileWorld): Promise<void> =>
  inFileTime(() => checkAppendable(path), world).catch((error: unknown) => refuse(path, error))

/**
 * Opens the file before anything is sent. Throws a configuration error if it cannot be written. Each line is
 * written at once, so that lines of parallel runs do not mix.
 */
export async function openRunLog(
  path: string,
  recipe: string | undefined,
  context: Context,
): Promise<RunLog> {
  const handle = await inFileTime(() => open(path, appendFlags, 0o600), context).catch((error: unknown) =>
    refuse(path, error),
  )
  const at = new Date(context.wallTime()).toISOString()
  const targets: Record<string, unknown>[] = []
  let state: BuildState = { kind: 'none' }
  const ids: number[] = []
  const collect = (name: { target?: string }): Reporter => {
    const take = runResults({ hasTree: false, isFollowing: false })
    return (event) => {
      if (event.type === 'triggered') {
        ids.push(event.build.id)
        state = { kind: 'triggered', build: event.build, ids }
      }
      const result = take(event)
      if (result) targets.push({ ...name, ...result })
      return Promise.resolve()
    }
  }
  return {
    state: () => state,
    listen: collect({}),
    listenFor: (target) => collect({ target }),
    async finish(exitCode, failure) {
      if (context.outputs?.some(({ flag, isInput }) => flag === '--log-file' && isInput))
        return handle.close()
      const line = {
        at,
        ended_at: new Date(context.wallTime()).toISOString(),
        ...context.me(),
        command: context.command(failure?.about?.isRun ?? !failure),
        recipe: recipe ?? null,
        exit_code: exitCode,
        error: failure ? errorObject(failure) : null,
        targets,
      }
      try {
        await inWriteTime(() => storeText(handle, jsonLine(line, context.secrets)), context)
      } finally {
        await inWriteTime(() => handle.close(), context)
      }
    },
  }
}
