import type { TargetProgress } from '../../batch-events.ts'
import type { Context } from '../../core/context.ts'
import { TriggerError } from '../../core/errors.ts'
import { circumstances, printFailure } from '../reporters/failure.ts'
import { isAttended } from '../reporters/is-attended.ts'
import { escapeLine } from '../terminal/escape.ts'
import { countsText, summaryLines, type BatchTimes } from './summary.ts'
import { unfinishedLines, type Rerun } from './unfinished.ts'

// A failure to write messages must not change the exit code (docs/guarantees.md#T74).
const say = ({ stderr }: Context, lines: readonly string[]): Promise<void> =>
  stderr.write(lines.map((line) => `${line}\n`).join('')).catch(() => undefined)

/**
 * Prints what became of a batch on stderr: counts, times, what has failed, and with `goOn` the command that continues it. With `isQuiet` only where not
 * all has succeeded, and without times: a target that was not started has no error of its own.
 */
export async function printSummary(
  targets: readonly TargetProgress[],
  times: BatchTimes,
  goOn: string | undefined,
  context: Context,
  { isQuiet, ...again }: { isQuiet: boolean } & Rerun,
): Promise<void> {
  const unfinished = unfinishedLines(targets, goOn, again)
  if (isQuiet && unfinished.length === 0) return
  const summary = isQuiet ? [`${countsText(targets)}.`] : summaryLines(targets, times)
  await say(context, [...summary, ...unfinished].map(escapeLine))
}

/**
 * Prints what a batch ends with: `lost`, what could not be written about it, and if the output is not watched and it has failed, when and where that was, for the user who
 * reads it later.
 */
export async function printEnd(
  end: Pick<TriggerError, 'exit' | 'exitCode'>,
  lost: TriggerError | undefined,
  targets: readonly TargetProgress[],
  color: false | undefined,
  context: Context,
): Promise<void> {
  const { exit, exitCode } = end
  if (lost) {
    const { message, hint } = lost
    const error = new TriggerError({ exit, exitCode, message, hint })
    await printFailure(error, { ...context, startsPipelines: false }, color)
    return
  }
  if (exit === 'success' || isAttended(context)) return
  const isAny = targets.some(({ id }) => id !== null)
  const build = isAny ? ({ kind: 'triggered', build: null } as const) : ({ kind: 'none' } as const)
  // A code that replaces another one means what the plan wants, not what it means here.
  const own = targets.filter((each) => each.exitCode === exitCode).map((each) => each.exit ?? exit)
  const meant = own.length === 0 || own.includes(exit) ? exit : (own[0] ?? exit)
  await say(context, circumstances({ exit: meant, exitCode, build, about: { isRun: true } }, context))
}
