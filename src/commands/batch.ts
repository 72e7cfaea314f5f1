import { carryOutBatch, type BatchSettings } from '../batch/carry-out.ts'
import {
  checkWholeBatch,
  drawBatch,
  startBatch,
  type BatchSource,
  type BatchStart,
} from '../batch/whole-batch.ts'
import { loadPlan } from '../batch/load-plan.ts'
import { unaskedReads } from '../batch/unasked-reads.ts'
import { parseDuration } from '../config/duration.ts'
import type { Context } from '../core/context.ts'
import { defaultParallel } from '../core/defaults.ts'
import { usageError } from '../core/errors.ts'
import { omit } from '../core/omit.ts'
import { mask } from '../core/secret.ts'
import { shellQuote } from '../core/text/shell-quote.ts'
import { wrongValue } from '../core/text/wrong-value.ts'
import type { BatchFlags } from '../options/batch.ts'
import type { RunFlags } from '../options/run.ts'
import { tellingEarlyFailure } from '../output/batch/early-failure.ts'
import { graphForms, type GraphForm } from '../output/batch/graph.ts'
import { unattended } from '../session/unattended/unattended.ts'

/** The flags that are not those of `run`. */
const ownFlags = [
  'parallel',
  'failFast',
  'keepGoing',
  'batchTimeout',
  'rate',
  'check',
  'graph',
  'resume',
  'restart',
  'joblog',
] as const satisfies (keyof BatchFlags)[]
const mostParallel = 256

function count(text: string | undefined, flag: string, most: number): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,5}$/.test(text) && Number(text) <= most) return Number(text)
  throw wrongValue(flag, text, `not a whole number from 1 to ${most}`)
}

function settingsFrom(flags: BatchFlags): BatchSettings {
  const { parallel, failFast, rate, joblog, resume, restart } = flags
  return {
    parallel: count(parallel, '--parallel', mostParallel) ?? defaultParallel,
    failFast: failFast ?? false,
    perMinute: count(rate, '--rate', 100_000),
    joblog,
    ...(resume && { resume }),
    ...(restart && { restart }),
  }
}

/** Flags about what is printed of a run: --check prints the graph, in the forms of --graph. */
const printed = ['json', 'events'] as const

/** How the graph is to be drawn; undefined where the batch is to be run. Throws a usage error for a form that there is not. */
function graphForm(flags: BatchFlags): GraphForm | undefined {
  const { check, graph } = flags
  const idle = check && printed.find((name) => flags[name])
  if (idle)
    throw usageError(
      `--${idle} and --check cannot be used together`,
      `--check prints the graph of the plan: --graph ${graphForms.join(', ')}.`,
    )
  if (graph === undefined) return check ? 'tree' : undefined
  if (!check) throw usageError('--graph needs --check', 'Add --check.')
  const form = graphForms.find((each) => each === graph)
  if (!form) throw wrongValue('--graph', graph, `not one of ${graphForms.join(', ')}`)
  return form
}

/** The line that continues the plan, with the same options as far as they may be shown. */
function resumeLine(word: string, typed: BatchFlags, context: Context): string {
  const own = `gitlab-trigger batch ${shellQuote(word)} --resume`
  if (Object.keys(omit(typed, ['resume', 'restart'])).length === 0) return own
  const shown = context.command(true)
  if (shown === '') return own
  const line = `${shown.replace(/ --re(start|sume)(?= |$)/, '')} --resume`
  return shown.includes(mask) ? `${line}, with your values in place of ${mask}` : line
}

/** Reads the plan that was named, and what it means together with these flags. */
async function readSource(
  word: string,
  typed: BatchFlags,
  flags: RunFlags,
  context: Context,
): Promise<{ source: BatchSource; start: BatchStart }> {
  const { batchTimeout } = typed
  const ms = batchTimeout === undefined ? undefined : parseDuration(batchTimeout, '--batch-timeout')
  const start = await startBatch(flags, context, ms)
  const { plan, journalName, isFile } = await loadPlan(word, start.reads, context)
  const targets = plan.targets.map((each) => ({ ...each, recipe: each.recipe?.value }))
  const goOn = (): string =>
    isFile
      ? resumeLine(word, typed, context)
      : 'the same command with --resume, and the same plan on standard input'
  const nodes = [...plan.targets.map(({ node }) => node), ...(plan.defaults ? [plan.defaults] : [])]
  start.config.tokenEnvs = [...new Set(nodes.flatMap(({ data }) => data.tokenEnv ?? []))]
  const found = { problems: plan.problems, place: plan.problems.length > 0 ? plan.place : undefined }
  const source: BatchSource = { targets, found, defaults: plan.defaults, journalName, goOn }
  // Before the journal is looked for: a plan that is wrong has none. This always throws.
  if (plan.problems.length > 0) {
    const reads = unaskedReads(start.reads)
    await checkWholeBatch(source, { ...start, reads }, flags, new Map(), context, { isOffline: true })
  }
  return { source, start }
}

/**
 * Triggers the targets of a plan: `gitlab-trigger batch PLAN`. Resolves to the exit code, the worst of theirs. Throws where nothing was triggered.
 */
export function batch(typed: BatchFlags, words: readonly string[], context: Context): Promise<number> {
  return tellingEarlyFailure(typed, context, () => checkedBatch(typed, words, context))
}

async function checkedBatch(
  typed: BatchFlags,
  [word, ...others]: readonly string[],
  context: Context,
): Promise<number> {
  if (word === undefined || others.length > 0)
    throw usageError(
      `batch: expected 1 plan, got ${word === undefined ? 0 : others.length + 1}`,
      'Run: gitlab-trigger batch PLAN.yml, or - for standard input.',
    )
  const flags: RunFlags = omit(typed, ownFlags)
  const settings = settingsFrom(typed)
  const form = graphForm(typed)
  if (form) {
    const { source, start } = await readSource(word, typed, flags, context)
    return drawBatch(source, start, flags, { form, joblog: settings.joblog }, context)
  }
  return unattended(flags, undefined, context, async (log) => {
    const { source, start } = await readSource(word, typed, flags, context)
    return carryOutBatch({ ...source, listenFor: log?.listenFor }, start, flags, settings, context)
  })
}
