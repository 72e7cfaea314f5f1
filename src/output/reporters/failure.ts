import { errorObject } from '../../core/text/error-object.ts'
import { buildSentence } from '../../core/build.ts'
import type { Context } from '../../core/context.ts'
import type { TriggerError } from '../../core/errors.ts'
import { exitCodes, type ExitCode } from '../../core/exit-codes.ts'
import { escapeLine } from '../terminal/escape.ts'
import { jsonLine } from '../../core/text/json-line.ts'
import { styleFor } from '../terminal/style.ts'
import { proseLines } from '../terminal/wrap-words.ts'
import { isAttended } from './is-attended.ts'

/** A time in the local time zone with its UTC offset (RFC 3339). */
function localTime(ms: number): string {
  const minutes = -new Date(ms).getTimezoneOffset()
  const local = new Date(ms + minutes * 60_000).toISOString().slice(0, 19)
  const twoDigits = (number: number): string => String(Math.floor(number)).padStart(2, '0')
  const size = Math.abs(minutes)
  return `${local}${minutes < 0 ? '-' : '+'}${twoDigits(size / 60)}:${twoDigits(size % 60)}`
}

/** What an exit code means to a command: one that can start no pipeline, or has started none, as with --dry-run, does not speak of that. */
function meaningOf({ exit, build }: Ending, { startsPipelines }: Pick<Context, 'startsPipelines'>): string {
  const row: ExitCode = exitCodes[exit]
  return startsPipelines && build.kind !== 'none' ? row.meaning : (row.elsewhere ?? row.meaning)
}

/** What is reported later about how a command ended. */
type Ending = Pick<TriggerError, 'exit' | 'exitCode' | 'build'> & {
  about: Partial<NonNullable<TriggerError['about']>> | undefined
}

/** Lines for a user who reads of a failure later, such as in a mail from cron: when and where it was, and its exit code. */
export function circumstances(error: Ending, context: Context): string[] {
  const { about, exit, exitCode } = error
  const meaning = exitCodes[exit].code === exitCode ? ` (${meaningOf(error, context)})` : ''
  const rows = [
    ['time', localTime(context.wallTime())],
    ['host', context.me().host],
    ['command', context.command(about?.isRun ?? false)],
    ['server', about?.server],
    ['project', about?.project],
    ['ref', about?.ref],
    ['exit code', `${exitCode}${meaning}`],
  ] as const
  const known = rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  return ['', ...known.map(([name, value]) => `${name.padEnd(9)}  ${escapeLine(value)}`)]
}

const programName = 'gitlab-trigger'

/**
 * Prints an error to stderr: what happened, whether a pipeline exists, what to do next. Of
 * several it begins with its `subject`, unless the message names that. If the run is unattended, adds details for a later reader.
 */
export async function printFailure(
  error: TriggerError,
  context: Context,
  color?: false,
  ofSeveral?: { subject: string | undefined },
): Promise<void> {
  const style = await styleFor(context.stderr, context.env, color)
  const lines = [
    `${style.bad(`${escapeLine(ofSeveral?.subject ?? programName)}:`)} ${escapeLine(error.message)}`,
    ...error.details.map((each) => `  ${escapeLine(each)}`),
    ...(context.startsPipelines ? [style.strong(buildSentence(error.build))] : []),
    ...(error.hint === '' ? [] : proseLines(escapeLine(error.hint), context.stderr)),
    ...(isAttended(context) ? [] : circumstances(error, context)),
    // Another error may follow, so separate them.
    ...(isAttended(context) || !ofSeveral ? [] : ['']),
  ]
  await context.stderr.write(lines.join('\n') + '\n').catch(() => undefined)
}

/**
 * Prints what a command with --json has to print after an error before which it printed nothing: each of `emptyResults`, the objects without what is
 * known, with what the error knows, `exit_code` and `error`.
 */
export async function printFailureJson(
  failure: TriggerError,
  emptyResults: readonly Readonly<Record<string, unknown>>[],
  { stdout, secrets }: Context,
): Promise<void> {
  const { exitCode, about, build } = failure
  const error = errorObject(failure)
  const known = new Map<string, unknown>([
    ['server', about?.server],
    ['project', about?.project],
    ['ref', about?.ref],
    ['build_state', build.kind],
  ])
  const lines = emptyResults.map((members) => {
    const filled = Object.entries(members).map(([name, value]) => [name, known.get(name) ?? value])
    return jsonLine({ ...Object.fromEntries(filled), exit_code: exitCode, error }, secrets)
  })
  if (lines.length > 0) await stdout.write(lines.join('')).catch(() => undefined)
}
