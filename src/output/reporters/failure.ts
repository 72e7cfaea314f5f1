import { buildSentence } from '../../core/build.ts'
import type { Context } from '../../core/context.ts'
import type { TriggerError } from '../../core/errors.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { escapeLine } from '../terminal/escape.ts'
import { jsonLine, noFacts, resultObject } from './json-reporter.ts'
import { styleFor } from '../terminal/style.ts'
import { isAttended } from './is-attended.ts'

/** A moment by the clock of this machine, with its distance from UTC (RFC 3339). */
function localTime(ms: number): string {
  const minutes = -new Date(ms).getTimezoneOffset()
  const local = new Date(ms + minutes * 60_000).toISOString().slice(0, 19)
  const two = (number: number): string => String(Math.floor(number)).padStart(2, '0')
  const size = Math.abs(minutes)
  return `${local}${minutes < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`
}

/** What is to be found in the morning's mail beside the failure itself: when, where, what was typed, what it is about, how it ended. */
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

const itself = 'gitlab-trigger'

/** Tells on stderr how a run, or what `subject` names of it, failed: what happened, what is true about the build, what to do next;
 * where nobody looks on, with all that whoever finds it later will ask. */
export async function printFailure(
  error: TriggerError,
  context: Context,
  color?: false,
  subject = itself,
): Promise<void> {
  const style = await styleFor(context.stderr, context.env, color)
  const lines = [
    `${style.bad(`${escapeLine(subject)}:`)} ${escapeLine(error.message)}`,
    style.strong(buildSentence(error.build)),
    ...(error.hint === '' ? [] : [escapeLine(error.hint)]),
    ...(isAttended(context) ? [] : circumstances(error, context)),
    // One of several: another block may follow.
    ...(isAttended(context) || subject === itself ? [] : ['']),
  ]
  await context.stderr.write(lines.join('\n') + '\n').catch(() => undefined)
}

/** The --json object of a run that failed before anything was known. */
export async function printFailureJson(error: TriggerError, context: Context): Promise<void> {
  const known = { facts: noFacts, api: null, build: null, jobs: null, error }
  await context.stdout.write(jsonLine(resultObject(known), context.secrets)).catch(() => undefined)
}
