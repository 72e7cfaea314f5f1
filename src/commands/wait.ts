import { startBudget } from '../budget.ts'
import type { RunFlags } from '../config/flags.ts'
import { planRun } from '../config/resolve.ts'
import type { Context } from '../context.ts'
import type { TriggerError } from '../errors.ts'
import { exitCodes, worstOf } from '../exit-codes.ts'
import { printFailure } from '../output/failure.ts'
import { reporterFor } from '../output/reporter.ts'
import { writeText } from '../output/text.ts'
import { follow, type Followup } from './follow.ts'
import { logsFor } from './logs-for.ts'
import { followedOf, openAll, type OpenPipelines } from './open-all.ts'

/** What is printed on stdout of a pipeline that is over, or was left: for scripts `4711 success`. */
function lineOf(id: number, { pipeline, failure }: Followup, flags: RunFlags): string {
  if (flags.quiet || flags.events) return ''
  return `${id} ${pipeline?.status ?? 'unknown'}${failure === undefined ? '' : ''}\n`
}

/** Follows pipelines that are open, all at once; resolves to how each ended. */
export async function followAll(
  { pipelines, pace }: OpenPipelines,
  flags: RunFlags,
  plan: Awaited<ReturnType<typeof planRun>>,
  context: Context,
): Promise<{ id: number; failure: TriggerError | undefined }[]> {
  const report = await reporterFor(flags, context)
  const totalMs = flags.timeout === undefined ? undefined : plan.timeout.value
  return Promise.all(
    pipelines.map(async (open) => {
      const followed = followedOf(open, flags, plan.follow, pace, totalMs)
      const logs = logsFor(followed, context, report)
      const followup = await follow(followed, logs, context, report, context.stderr.isTTY)
      await writeText(context, lineOf(open.id, followup, flags))
      return { id: open.id, failure: followup.failure }
    }),
  )
}

/** The exit code of several ends: the worst, each failure told; that of one is thrown. */
export async function endOf(
  ends: readonly { id: number; failure: TriggerError | undefined }[],
  context: Context,
  color: false | undefined,
): Promise<number> {
  const [first] = ends
  if (ends.length === 1 && first?.failure) throw first.failure
  for (const { id, failure } of ends) {
    if (failure) await printFailure(failure, context, color, `pipeline ${id}`)
  }
  return exitCodes[worstOf(ends.map(({ failure }) => failure?.exit ?? 'success'))].code
}

/** Waits for the end of pipelines: `gitlab-trigger wait 4711`. Resolves to 0 if all succeeded, else as `run --wait`, the worst of several. */
export async function wait(words: readonly string[], flags: RunFlags, context: Context): Promise<number> {
  const report = await reporterFor(flags, context)
  const plan = await planRun(flags, undefined, context)
  const budget = startBudget(context, Math.max(plan.timeout.value, plan.follow.pollGraceMs))
  let open: OpenPipelines | undefined
  try {
    open = await openAll(words, plan, flags, context, budget, report, plan.follow.pollGraceMs)
    budget.end()
    return await endOf(await followAll(open, flags, plan, context), context, flags.color)
  } finally {
    budget.end()
    open?.close()
  }
}
