import { startBudget } from '../core/budget.ts'
import type { StatusFlags } from '../options/pipelines.ts'
import { passedOver, pipelineWords } from '../config/project/pipeline-words.ts'
import { namesById } from '../config/project/resolve-references.ts'
import { pipelineReferences } from '../trigger/refusals/pipeline-references.ts'
import type { Context } from '../core/context.ts'
import type { TriggerError } from '../core/errors.ts'
import { worstOf } from '../core/exit-codes.ts'
import { hiddenJobsIn } from '../follow/logs/hidden-jobs.ts'
import { criticalPath, pathSums } from '../follow/timeline/critical-path.ts'
import { lastMoment, timedPipeline } from '../follow/timeline/timed-jobs.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { readVariables } from '../gitlab/pipelines/variables.ts'
import { writeText } from '../output/reporters/text-reporter.ts'
import { terminalSize } from '../output/terminal/sticky-screen.ts'
import { glyphsFor } from '../output/terminal/glyphs.ts'
import { pipelineResult } from '../output/format/pipeline-json.ts'
import { timelineObject } from '../output/format/timeline-json.ts'
import type { Timeline } from '../output/timeline/timeline.ts'
import { timelineText } from '../output/timeline/timeline-text.ts'
import { statusText } from '../output/tree/status-text.ts'
import { styleFor } from '../output/terminal/style.ts'
import { unreadJobs } from '../pipelines/logs/log-selection.ts'
import { readReplaced } from '../pipelines/logs/read-replaced.ts'
import { readPipelineTree } from '../pipelines/read-pipeline.ts'
import { openPipelines, type OpenPipelines } from '../pipelines/open-pipelines.ts'
import type { OpenPipeline } from '../pipelines/open-pipeline.ts'
import { pipelineOutcome } from '../pipelines/outcome.ts'
import { optionalRead, type OptionalReading } from '../session/optional-read.ts'
import {
  printUnopened,
  type UnopenedPipeline,
  combineOutcomes,
  type PipelineOutcome,
} from '../session/outcome.ts'
import { beginCommand } from '../session/begin-command.ts'

/** What is known of a pipeline besides its tree. */
interface Seen {
  variables: string[] | null
  timeline: Timeline | null
}

/** The names of its variables; null where they may not be read, or not now: what else is known is no less true. */
async function variablesOf({ client, id }: OpenPipeline, reading: OptionalReading): Promise<string[] | null> {
  try {
    const known = await optionalRead(`the variables of pipeline ${id}`, undefined, reading, (limits) =>
      readVariables(client.within(limits), id),
    )
    return known ? [...known.values.keys()] : null
  } catch (error) {
    if (error instanceof ApiError) return null
    throw error
  }
}

/** Where the time of a pipeline went, up to now by its server's clock. */
async function timelineOf(
  { client }: OpenPipeline,
  pipeline: Pipeline,
  now: number,
  turn: OpenPipelines['turn'],
): Promise<Timeline> {
  const { replaced, hidden } = await readReplaced(client, pipeline, turn)
  const root = timedPipeline(pipeline, replaced, now)
  const path = criticalPath(root)
  return { root, axis: { from: root.since, to: lastMoment(root) }, path, sums: pathSums(path), hidden }
}

/**
 * The failure of a pipeline of which not all could be read, by the worst of what was refused; undefined where all was. What lies too deep
 * was not asked for, and is no failure.
 */
function unreadFailure(open: OpenPipeline, pipeline: Pipeline): TriggerError | undefined {
  const failures = hiddenJobsIn(pipeline)
    .filter(({ error }) => error !== undefined)
    .map((part) => unreadJobs(open, part))
  const worst = worstOf(failures.map(({ exit }) => exit))
  return failures.find(({ exit }) => exit === worst)?.with({ build: buildStateOf(open.first) })
}

/** Off a terminal, lines with bars are this wide. */
const widthElsewhere = 80

/** Shows how pipelines are now, with their jobs and what is downstream: `gitlab-trigger status 4711`. Resolves to 0 if all of them could be read. */
export async function status(
  typed: readonly string[],
  flags: StatusFlags,
  context: Context,
): Promise<number> {
  const words = pipelineWords(typed)
  const { plan, report, suggest } = await beginCommand(flags, context, { readsProject: namesById(words) })
  const left = passedOver(typed)
  if (left !== undefined) await report({ type: 'noted', text: left, isGrave: true })
  const { stdout } = context
  const style = await styleFor(stdout, context.env, flags.color)
  const columns = stdout.isTTY ? terminalSize(stdout).columns : Infinity
  const glyphs = glyphsFor(context)
  const budget = startBudget(context, plan.timeout.value)
  let open: OpenPipelines | undefined
  const unopened: UnopenedPipeline[] = []
  try {
    const references = await pipelineReferences(words, plan, flags, context, budget.signal)
    const opened = await openPipelines(references, { plan, context, budget, report, suggest, unopened })
    open = opened
    await printUnopened(unopened, flags, context, ['variables', 'timeline'])
    const outcomes: PipelineOutcome[] = []
    for (const each of opened.pipelines) {
      const seen: Seen = { variables: null, timeline: null }
      const outcome = await pipelineOutcome(each, async () => {
        await opened.turn()
        const pipeline = await readPipelineTree(each)
        seen.variables = await variablesOf(each, { context, budget, report })
        if (flags.timeline)
          seen.timeline = await timelineOf(each, pipeline, opened.serverNow(each), opened.turn)
        return pipeline
      })
      const { pipeline } = outcome
      const failure = outcome.failure ?? unreadFailure(each, pipeline)
      const layout = { now: context.wallTime(), glyphs, style, columns, link: stdout.link }
      const { variables, timeline } = seen
      if (flags.json) {
        const more = { variables, timeline: timeline && timelineObject(timeline) }
        await writeText(context, pipelineResult(pipeline, failure, context.secrets, more))
      } else if (!outcome.failure) {
        const width = stdout.isTTY ? columns : widthElsewhere
        const bars = timeline ? `\n${timelineText(timeline, { glyphs, style, columns: width })}` : ''
        await writeText(context, statusText(pipeline, variables, layout) + bars)
      }
      outcomes.push({ ...outcome, failure })
    }
    return await combineOutcomes([...unopened, ...outcomes], flags, context, report)
  } finally {
    budget.end()
    open?.close()
  }
}
