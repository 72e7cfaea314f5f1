import type { Context } from '../../core/context.ts'
import type { Change } from '../../follow/changes.ts'
import type { Job, Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import type { Reporter } from '../../events.ts'
import { downloadEnd, downloadName } from '../format/download-text.ts'
import { kindOfJob, kindOfPipeline, toneOf, type StatusClass } from '../tree/status-marks.ts'
import { painted, type StyledLine } from '../terminal/styled-line.ts'
import { glyphsFor, type Glyphs } from '../terminal/glyphs.ts'
import { reasonsOf, reasonsOfPipeline, statusOf } from '../tree/status-reasons.ts'
import type { Style } from '../terminal/style.ts'
import { keyOf } from '../tree/tree.ts'

/** A bridge and its pipeline. */
interface BridgeStep {
  pipeline: Pipeline
  bridge: Job
}

/** The bridges from the root to a pipeline. Undefined if it is not below the root. */
function pathTo(target: Pipeline, root: Pipeline): BridgeStep[] | undefined {
  if (root === target) return []
  for (const bridge of root.jobs) {
    const below = bridge.downstream?.pipeline
    const path = below && pathTo(target, below)
    if (path) return [{ pipeline: root, bridge }, ...path]
  }
  return undefined
}

const inStage = ({ id, name, stage }: Job, glyphs: Glyphs): string =>
  [stage, name ?? `job ${id}`].flatMap((each) => (each === null ? [] : glyphs.printable(each))).join('/')

/** Reasons in parentheses; '' if there are none. */
const inParentheses = (reasons: readonly string[], glyphs: Glyphs): string =>
  reasons.length === 0 ? '' : ` (${glyphs.printable(reasons.join(', '))})`

/** The URL, if it is to be shown and is known. */
const linkIf = (isWanted: boolean, webUrl: string | null, glyphs: Glyphs): string =>
  isWanted && webUrl !== null ? ` ${glyphs.printable(webUrl)}` : ''

const isTrouble = (kind: StatusClass): boolean => kind === 'failed' || kind === 'warned' || kind === 'manual'

function jobLine(job: Job, glyphs: Glyphs): StyledLine {
  const { status, webUrl, downstream } = job
  const kind = kindOfJob(job)
  const hidden = downstream?.hidden ? [`pipeline ${downstream.id} is not shown: ${downstream.hidden}`] : []
  return [
    { text: ` ${inStage(job, glyphs)} ` },
    { text: glyphs.printable(status ?? 'unknown'), ...toneOf(kind) },
    { text: inParentheses([...reasonsOf(job), ...hidden], glyphs) + linkIf(isTrouble(kind), webUrl, glyphs) },
  ]
}

/** `from` is the bridge that started the pipeline. */
function pipelineLine(
  pipeline: Pipeline,
  isNew: boolean,
  from: BridgeStep | undefined,
  glyphs: Glyphs,
  named: ReadonlySet<string>,
): StyledLine {
  const kind = kindOfPipeline(pipeline)
  const origin = isNew && from ? [`started by ${inStage(from.bridge, glyphs)}`] : []
  const where =
    isNew && from && from.pipeline.project !== pipeline.project ? [`in project ${pipeline.project}`] : []
  const reasons = [...origin, ...where, ...reasonsOfPipeline(pipeline)]
  const isUnnamed = isNew && !named.has(pipeline.webUrl ?? '')
  return [
    { text: ' ' },
    { text: glyphs.printable(statusOf(pipeline)), ...toneOf(kind) },
    { text: inParentheses(reasons, glyphs) + linkIf(isUnnamed || isTrouble(kind), pipeline.webUrl, glyphs) },
  ]
}

/**
 * A change as one line: `4711 running`, `4711 test/run_tests failed (script_failure) URL`. A change
 * downstream of the followed pipeline `root` begins with `4711 > 4712`. The URL of a new pipeline is not
 * repeated if it is in `named`.
 */
export function changeLine(
  root: Pipeline,
  change: Change,
  glyphs: Glyphs,
  named: ReadonlySet<string> = new Set(),
): StyledLine {
  const path = pathTo(change.pipeline, root) ?? []
  const ids = [...path.map(({ pipeline }) => pipeline.id), change.pipeline.id].join(' > ')
  if (change.what === 'job') return [{ text: ids }, ...jobLine(change.job, glyphs)]
  const isNew = change.before === null
  return [{ text: ids }, ...pipelineLine(change.pipeline, isNew, path.at(-1), glyphs, named)]
}

/**
 * Reports progress without a terminal: one stderr line for each change, each archive, and for the ends of an outage. `named` are
 * the URLs of pipelines that were printed before.
 */
export function changesView(context: Context, style: Style, named: ReadonlySet<string>): Reporter {
  const glyphs = glyphsFor(context)
  const unreachable = new Set<string>()
  // A failure to write messages must not change the exit code (docs/guarantees.md#T74).
  const write = (lines: readonly StyledLine[]): Promise<void> =>
    context.stderr.write(lines.map((line) => `${painted(line, style)}\n`).join('')).catch(() => undefined)
  return async (event) => {
    if (event.type === 'looked') {
      const { pipeline, changes, trouble } = event
      const key = keyOf(pipeline)
      const lines = changes.map((change) => changeLine(pipeline, change, glyphs, named))
      if (trouble !== '' && !unreachable.has(key)) {
        unreachable.add(key)
        lines.push([
          { text: `${pipeline.id} ` },
          { text: 'not reached', tone: 'bad' },
          { text: inParentheses([trouble], glyphs) },
        ])
      }
      if (trouble === '' && unreachable.delete(key)) lines.unshift([{ text: `${pipeline.id} reached again` }])
      if (lines.length > 0) await write(lines)
    }
    if (event.type === 'fetched' && event.isWhole && event.download.kind === 'artifacts') {
      const { download, now } = event
      const name = glyphs.printable(downloadName(download))
      await write([[{ text: `Fetched ${name}: ${downloadEnd(download, now)}` }]])
    }
    // The error message reports a failure.
    if (event.type === 'over' && event.isGood)
      await write([[{ text: glyphs.printable(event.sentence), tone: 'good' }]])
  }
}
