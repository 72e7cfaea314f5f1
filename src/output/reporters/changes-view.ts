import type { Context } from '../../core/context.ts'
import type { Change } from '../../follow/changes.ts'
import type { Job, Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import type { Reporter } from '../../events.ts'
import { kindOfJob, kindOfPipeline, toneOf, type StatusClass } from '../tree/status-marks.ts'
import { painted, type StyledLine } from '../terminal/styled-line.ts'
import { glyphsFor, type Glyphs } from '../terminal/glyphs.ts'
import { reasonsOf, reasonsOfPipeline, statusOf } from '../tree/status-reasons.ts'
import type { Style } from '../terminal/style.ts'
import { keyOf } from '../tree/tree.ts'

/** A bridge, and the pipeline that it is in. */
interface Step {
  pipeline: Pipeline
  bridge: Job
}

/** The way from the root down to a pipeline; undefined where it is not below it. */
function wayTo(wanted: Pipeline, root: Pipeline): Step[] | undefined {
  if (root === wanted) return []
  for (const bridge of root.jobs) {
    const below = bridge.downstream?.pipeline
    const way = below && wayTo(wanted, below)
    if (way) return [{ pipeline: root, bridge }, ...way]
  }
  return undefined
}

const inStage = ({ id, name, stage }: Job, pen: Glyphs): string =>
  [stage, name ?? `job ${id}`].flatMap((each) => (each === null ? [] : pen.say(each))).join('/')

/** Why, in brackets; '' where there is nothing to say. */
const because = (reasons: readonly string[], pen: Glyphs): string =>
  reasons.length === 0 ? '' : ` (${pen.say(reasons.join(', '))})`

/** The page of what a person has to look at. */
const linkIf = (isWanted: boolean, webUrl: string | null, pen: Glyphs): string =>
  isWanted && webUrl !== null ? ` ${pen.say(webUrl)}` : ''

const isTrouble = (kind: StatusClass): boolean => kind === 'failed' || kind === 'warned' || kind === 'manual'

function jobLine(job: Job, pen: Glyphs): StyledLine {
  const { status, webUrl, downstream } = job
  const kind = kindOfJob(job)
  const hidden = downstream?.hidden ? [`pipeline ${downstream.id} is not shown: ${downstream.hidden}`] : []
  return [
    { text: ` ${inStage(job, pen)} ` },
    { text: pen.say(status ?? 'unknown'), ...toneOf(kind) },
    { text: because([...reasonsOf(job), ...hidden], pen) + linkIf(isTrouble(kind), webUrl, pen) },
  ]
}

/** `from`: the bridge that has started a pipeline that is seen for the first time, and the pipeline of that. */
function pipelineLine(pipeline: Pipeline, isNew: boolean, from: Step | undefined, pen: Glyphs): StyledLine {
  const kind = kindOfPipeline(pipeline)
  const origin = isNew && from ? [`started by ${inStage(from.bridge, pen)}`] : []
  const where =
    isNew && from && from.pipeline.project !== pipeline.project ? [`in project ${pipeline.project}`] : []
  const reasons = [...origin, ...where, ...reasonsOfPipeline(pipeline)]
  return [
    { text: ' ' },
    { text: pen.say(statusOf(pipeline)), ...toneOf(kind) },
    { text: because(reasons, pen) + linkIf(isNew || isTrouble(kind), pipeline.webUrl, pen) },
  ]
}

/**
 * A change as one line: `4711 running`, `4711 test/run_tests failed (script_failure) URL`; downstream of 4711 it begins with `4711 > 4712`. `root` is the
 * pipeline that is followed.
 */
export function changeLine(root: Pipeline, change: Change, pen: Glyphs): StyledLine {
  const way = wayTo(change.pipeline, root) ?? []
  const ids = [...way.map(({ pipeline }) => pipeline.id), change.pipeline.id].join(' > ')
  if (change.what === 'job') return [{ text: ids }, ...jobLine(change.job, pen)]
  return [{ text: ids }, ...pipelineLine(change.pipeline, change.before === null, way.at(-1), pen)]
}

/** Where no terminal is: one line on stderr for each change, and for the begin and the end of an outage. */
export function changesView(context: Context, style: Style): Reporter {
  const pen = glyphsFor(context)
  const troubled = new Set<string>()
  // Talk that cannot be written must not change how the run ends (T74).
  const say = (lines: readonly StyledLine[]): Promise<void> =>
    context.stderr.write(lines.map((line) => `${painted(line, style)}\n`).join('')).catch(() => undefined)
  return async (event) => {
    if (event.type === 'looked') {
      const { pipeline, changes, trouble } = event
      const key = keyOf(pipeline)
      const lines = changes.map((change) => changeLine(pipeline, change, pen))
      if (trouble !== '' && !troubled.has(key)) {
        troubled.add(key)
        lines.push([
          { text: `${pipeline.id} ` },
          { text: 'not reached', tone: 'bad' },
          { text: because([trouble], pen) },
        ])
      }
      if (trouble === '' && troubled.delete(key)) lines.unshift([{ text: `${pipeline.id} reached again` }])
      if (lines.length > 0) await say(lines)
    }
    // Of a failure the error says the same.
    if (event.type === 'over' && event.isGood) await say([[{ text: pen.say(event.sentence), tone: 'good' }]])
  }
}
