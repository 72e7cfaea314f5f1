import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import type { BuildState } from '../../core/build.ts'
import type { Context } from '../../core/context.ts'
import { codeOf, configError, type TriggerError } from '../../core/errors.ts'
import type { Event, Reporter } from '../../events.ts'
import { jsonLine, emptyRunResult, resultObject, type RunResult } from './json-reporter.ts'

/** The file of --log-file, to which each run appends one line. */
export interface RunLog {
  /** Collects the events of the run. */
  listen: Reporter
  /** Whether the last trigger created a pipeline. */
  state: () => BuildState
  /** Appends the line. Rejects if it cannot be written. */
  finish(exitCode: number, failure: TriggerError | undefined): Promise<void>
}

/** Non-blocking, since opening a named pipe without a reader would wait for ever. */
const appendFlags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK

/** Collects one object for each target of a run, as --json prints it. */
function collector(): {
  take: (event: Event) => void
  objects: Record<string, unknown>[]
  state: () => BuildState
} {
  const objects: Record<string, unknown>[] = []
  let known: RunResult = emptyRunResult()
  let state: BuildState = { kind: 'none' }
  return {
    objects,
    state: () => state,
    take(event) {
      if (event.type === 'started') known = emptyRunResult(event.facts)
      if (event.type === 'triggered') {
        known.build = event.build
        state = { kind: 'triggered', build: event.build }
        known.api = event.api
      }
      if (event.type === 'looked' && known.build)
        known.build = { ...known.build, status: event.pipeline.status }
      if (event.type === 'skipped') known.skipped = event.text
      if (event.type === 'failed') known.error = event.error
      if (event.type !== 'failed' && event.type !== 'ended') return
      objects.push(resultObject(known))
      known = emptyRunResult()
    },
  }
}

/**
 * Opens the file before anything is sent. Throws a configuration error if it cannot be written. Each line is
 * written at once, so that lines of parallel runs do not mix.
 */
export async function openRunLog(
  path: string,
  recipe: string | undefined,
  context: Context,
): Promise<RunLog> {
  let handle: FileHandle
  try {
    handle = await open(path, appendFlags, 0o600)
  } catch (error) {
    throw configError(
      `--log-file: ${path} cannot be written (${codeOf(error)})`,
      'Make it writable, or leave it out.',
    )
  }
  const at = new Date(context.now()).toISOString()
  const { take, objects, state } = collector()
  return {
    state,
    listen: (event) => {
      take(event)
      return Promise.resolve()
    },
    async finish(exitCode, failure) {
      const line = {
        at,
        ended_at: new Date(context.now()).toISOString(),
        ...context.me(),
        command: context.command(failure?.about?.isRun ?? !failure),
        recipe: recipe ?? null,
        exit_code: exitCode,
        error: failure ? { message: failure.message, hint: failure.hint } : null,
        targets: objects,
      }
      try {
        await handle.appendFile(jsonLine(line, context.secrets))
      } finally {
        await handle.close()
      }
    },
  }
}
