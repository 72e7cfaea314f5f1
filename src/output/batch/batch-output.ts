import type { BatchReporter, TargetProgress } from '../../batch-events.ts'
import { buildSentence } from '../../core/build.ts'
import type { Context } from '../../core/context.ts'
import type { TriggerError } from '../../core/errors.ts'
import { omit } from '../../core/omit.ts'
import type { Reporter } from '../../events.ts'
import { ndjsonReporter } from '../reporters/ndjson-reporter.ts'
import { verbosityOf, type OutputFlags } from '../reporters/reporter.ts'
import { stderrReporter } from '../reporters/text-reporter.ts'
import { escapeLine } from '../terminal/escape.ts'
import type { Style } from '../terminal/style.ts'
import { changeLines } from './change-lines.ts'
import { prefixed } from './prefixed.ts'
import { batchEventLines, idLines, objectLines } from './target-output.ts'

/** How a batch is shown. */
export interface BatchOutput {
  /** Reports the batch as a whole. */
  report: BatchReporter
  /** The world of one target: what it says on stderr begins with its name. */
  contextFor(name: string): Context
  /** Reports the events of one target's trigger. */
  reporterFor(target: TargetProgress, context: Context): Reporter
}

/** The same world for many targets at once: its limits of time, and the forms of a CI job's log, are for one run. */
function shared(context: Context): Context {
  const world = omit(context, ['writeLimits'])
  const isCi = (context.env['CI'] ?? '') !== '' || (context.env['GITLAB_CI'] ?? '') !== ''
  const env = omit(context.env, ['GITLAB_CI', 'GITHUB_ACTIONS'])
  return { ...world, env: { ...env, CI: isCi ? 'true' : '' } }
}

/** Says why a target has failed, and what is true about its pipeline. Who and where is the same for all: it is said once, at the end. */
async function sayFailure(
  { message, details, build, hint }: TriggerError,
  { stderr }: Context,
  style: Style,
): Promise<void> {
  const lines = [
    style.bad(escapeLine(message)),
    ...details.map(escapeLine),
    buildSentence(build),
    ...(hint === '' ? [] : [escapeLine(hint)]),
  ]
  await stderr.write(`${lines.join('\n')}\n`).catch(() => undefined)
}

/** Chooses how a batch is shown on stdout and stderr. */
export async function batchOutput(flags: OutputFlags, context: Context): Promise<BatchOutput> {
  const verbosity = { ...(await verbosityOf(flags, context)), hasId: !flags.quiet }
  const { quiet, json, events, follow, wait, progress } = flags
  const world = shared(context)
  const data: BatchReporter[] = quiet
    ? []
    : events
      ? [batchEventLines(context)]
      : json
        ? [objectLines(context, (follow ?? wait) === true)]
        : [idLines(context)]
  const views: BatchReporter[] = quiet || progress === 'none' ? [] : [changeLines(context, verbosity.style)]
  return {
    async report(event) {
      for (const each of [...data, ...views]) await each(event)
    },
    contextFor(name) {
      return { ...world, stderr: prefixed(context.stderr, `${escapeLine(name)}: `) }
    },
    reporterFor({ name }, own) {
      const say = stderrReporter(own, verbosity)
      const report = events ? ndjsonReporter(context, say, { target: name }) : say
      return async (event) => {
        await report(event)
        if (event.type === 'failed') await sayFailure(event.error, own, verbosity.style)
      }
    },
  }
}
