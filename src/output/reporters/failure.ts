import { buildSentence } from '../../core/build.ts'
import type { Context } from '../../core/context.ts'
import type { TriggerError } from '../../core/errors.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { escapeLine } from '../terminal/escape.ts'
import { jsonLine, noFacts, resultObject } from './json-reporter.ts'
import { styleFor } from '../terminal/style.ts'
import { isAttended } from './is-attended.ts'

/** A time in the local time zone with its UTC offset (RFC 3339). */
function localTime(ms: number): string {
  const minutes = -new Date(ms).getTimezoneOffset()
  const local = new Date(ms + minutes * 60_000).toISOString().slice(0, 19)
  const twoDigits = (number: number): string => String(Math.floor(number)).padStart(2, '0')
  const size = Math.abs(minutes)
  return `${local}${minutes < 0 ? '-' : '+'}${twoDigits(size / 60)}:${twoDigits(size % 60)}`
}

/** Details for somebody who reads the message later, such as a mail from cron. */
function circumstances(error: TriggerError, context: Context): string[] {
  const { about, exit, exitCode } = error
  const meaning = exitCodes[exit].code === exitCode ? ` (${exitCodes[exit].meaning})` : ''
  const rows = [
    ['time', localTime(context.now())],
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
 * Prints an error to stderr: what happened, whether a pipeline exists, what to do next. `subject` names the
 * part of the run that failed. If the run is unattended, adds details for whoever reads it later.
 */
export async function printFailure(
  error: TriggerError,
  context: Context,
  color?: false,
  subject = programName,
): Promise<void> {
  const style = await styleFor(context.stderr, context.env, color)
  const lines = [
    `${style.bad(`${escapeLine(subject)}:`)} ${escapeLine(error.message)}`,
    style.strong(buildSentence(error.build)),
    ...(error.hint === '' ? [] : [escapeLine(error.hint)]),
    ...(isAttended(context) ? [] : circumstances(error, context)),
    // Another error may follow, so separate them.
    ...(isAttended(context) || subject === programName ? [] : ['']),
  ]
  await context.stderr.write(lines.join('\n') + '\n').catch(() => undefined)
}

/** Prints the --json object of a run that failed before its settings were known. */
export async function printFailureJson(error: TriggerError, context: Context): Promise<void> {
  const known = { facts: noFacts, api: null, build: null, jobs: null, error }
  await context.stdout.write(jsonLine(resultObject(known), context.secrets)).catch(() => undefined)
}
