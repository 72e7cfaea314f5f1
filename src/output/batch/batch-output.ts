import { toEach, type BatchReporter, type TargetProgress } from '../../batch-events.ts'
import { buildSentence } from '../../core/build.ts'
import type { Context } from '../../core/context.ts'
import type { TriggerError } from '../../core/errors.ts'
import { omit } from '../../core/omit.ts'
import type { Reporter } from '../../events.ts'
import { ndjsonReporter } from '../reporters/ndjson-reporter.ts'
import { noTree } from '../reporters/progress-view.ts'
import { verbosityOf, type OutputFlags } from '../reporters/reporter.ts'
import { stderrReporter, type Verbosity } from '../reporters/text-reporter.ts'
import { escapeLine } from '../terminal/escape.ts'
import type { Style } from '../terminal/style.ts'
import { changeLines } from './change-lines.ts'
import type { BatchLimits } from './estimate.ts'
import { prefixed } from './prefixed.ts'
import { batchTable } from './table.ts'
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

/**
 * Says why a target has failed, and what is true about its pipeline, in one piece. When and where that was is the same for all: it is said once, at the end.
 */
async function sayFailure(
  name: string,
  { message, details, build, hint }: TriggerError,
  { stderr }: Context,
  style: Style,
): Promise<void> {
  const lines = [
    `${style.bad(`${escapeLine(name)}:`)} ${escapeLine(message)}`,
    ...details.map((each) => `  ${escapeLine(each)}`),
    style.strong(buildSentence(build)),
    ...(hint === '' ? [] : [escapeLine(hint)]),
    // Lines of other targets follow.
    '',
  ]
  await stderr.write(`${lines.join('\n')}\n`).catch(() => undefined)
}

/** What shows how a batch continues: a table on a terminal that can move its cursor, else a line for each change, or as --progress says. */
async function viewOf(
  { quiet, events, progress }: OutputFlags,
  context: Context,
  verbosity: Verbosity,
  limits: BatchLimits,
): Promise<{ view: BatchReporter | undefined; isTable: boolean }> {
  // Who reads events sees every change: on stderr they are shown only where that was asked for.
  const isShown = !quiet && progress !== 'none' && !(events && progress === undefined)
  if (!isShown) return { view: undefined, isTable: false }
  const isTable = context.stderr.keepBelow !== undefined && progress !== 'lines'
  if (progress === 'tree' && !isTable)
    await stderrReporter(context, verbosity)({ type: 'warned', text: noTree, isGrave: true })
  const { style } = verbosity
  return { view: isTable ? batchTable(context, style, limits) : changeLines(context, style), isTable }
}

/** Chooses how a batch is shown on stdout and stderr. `limits` are what it keeps to, for the estimate of its end. */
export async function batchOutput(
  flags: OutputFlags,
  context: Context,
  limits: BatchLimits,
): Promise<BatchOutput> {
  const verbosity = { ...(await verbosityOf(flags, context)), hasId: !flags.quiet }
  const { quiet, json, events } = flags
  const world = shared(context)
  const data: BatchReporter[] = quiet
    ? []
    : events
      ? [batchEventLines(context)]
      : json
        ? [objectLines(context)]
        : [idLines(context)]
  const { view, isTable } = await viewOf(flags, context, verbosity, limits)
  const reporters = view ? [...data, view] : data
  // Next to a table only what it does not show is said: ids, which must not be lost with it, warnings and failures.
  const said = isTable ? { ...verbosity, isAttended: false } : verbosity
  const warned = new Set<string>()
  return {
    report: toEach(reporters),
    contextFor(name) {
      return { ...world, stderr: prefixed(context.stderr, `${escapeLine(name)}: `) }
    },
    reporterFor({ name }, own) {
      const tell = stderrReporter(own, said)
      const say: Reporter = async (event) => {
        // What is warned of is mostly the server's: of all targets one says it.
        if (event.type === 'warned' && warned.has(event.text)) return
        if (event.type === 'warned') warned.add(event.text)
        await tell(event)
      }
      const report = events ? ndjsonReporter(context, say, { target: name }) : say
      return async (event) => {
        await report(event)
        if (event.type === 'failed') await sayFailure(name, event.error, context, said.style)
      }
    },
  }
}
