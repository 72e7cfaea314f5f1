import { buildSentence } from '../build.ts'
import type { Context } from '../context.ts'
import type { TriggerError } from '../errors.ts'
import { cleanLine } from './clean.ts'
import { jsonLine, nothingKnown, resultObject } from './json.ts'
import { styleFor } from './style.ts'

/** Tells on stderr how a run, or what `subject` names of it, failed: what happened, what is true about the build, what to do next. */
export async function printFailure(
  error: TriggerError,
  context: Context,
  color?: false,
  subject = 'gitlab-trigger',
): Promise<void> {
  const style = await styleFor(context.stderr, context.env, color)
  const lines = [
    `${style.bad(`${cleanLine(subject)}:`)} ${cleanLine(error.message)}`,
    style.strong(buildSentence(error.build)),
    ...(error.hint === '' ? [] : [cleanLine(error.hint)]),
  ]
  await context.stderr.write(lines.join('\n') + '\n').catch(() => undefined)
}

/** The --json object of a run that failed before anything was known. */
export async function printFailureJson(error: TriggerError, context: Context): Promise<void> {
  const known = { facts: nothingKnown, api: null, build: null, jobs: null, error }
  await context.stdout.write(jsonLine(resultObject(known), context.secrets)).catch(() => undefined)
}
