import type { Downstream, Job, Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import { isFinished } from '../../core/status.ts'
import { markOf, toneOf } from './status-marks.ts'
import type { StyledLine, TextSpan } from '../terminal/styled-line.ts'
import type { Glyphs } from '../terminal/glyphs.ts'
import { reasonsOf, reasonsOfPipeline, statusOf } from './status-reasons.ts'
import { durationText } from '../format/elapsed-time.ts'
import { jobsBelow, type Node } from './tree.ts'

/** A line of the tree in two parts, because the names of a stage's jobs are aligned. */
export interface NodeLine {
  name: StyledLine
  rest: StyledLine
}

/** The duration, up to `now` for an unfinished job; '' if it has not started. */
function durationOf(
  { status, startedAt, finishedAt }: Pick<Job, 'status' | 'startedAt' | 'finishedAt'>,
  now: number,
): string {
  const end = isFinished(status) ? finishedAt : now
  return startedAt === null || end === null ? '' : durationText(end - startedAt)
}

/** A state such as `running 12s` or `failed 3s: script_failure`; for success only the duration. */
function state(status: string, time: string, reasons: readonly string[], glyphs: Glyphs): string {
  const words = [status === 'success' && time !== '' ? '' : glyphs.printable(status), time]
    .filter(Boolean)
    .join(' ')
  return reasons.length === 0 ? words : `${words}: ${glyphs.printable(reasons.join(', '))}`
}

/** A state behind a pipeline's label, such as `: failed, 3s (jobs config is empty)`. */
function headState(pipeline: Pipeline, now: number, glyphs: Glyphs): string {
  const status = pipeline.status === 'manual' ? 'waiting for manual action' : statusOf(pipeline)
  const words = [glyphs.printable(status), durationOf(pipeline, now)].filter(Boolean).join(', ')
  const reasons = reasonsOfPipeline(pipeline)
  return reasons.length === 0 ? words : `${words} (${glyphs.printable(reasons.join(', '))})`
}

function pipelineState(pipeline: Pipeline, now: number, glyphs: Glyphs): string {
  return state(statusOf(pipeline), durationOf(pipeline, now), reasonsOfPipeline(pipeline), glyphs)
}

function downstreamState({ status, pipeline, hidden }: Downstream, now: number, glyphs: Glyphs): string {
  if (pipeline) return pipelineState(pipeline, now, glyphs)
  return state(status, '', hidden === '' ? [] : [`not shown: ${hidden}`], glyphs)
}

function jobState(job: Job, now: number, glyphs: Glyphs): string {
  return state(job.status ?? 'unknown', durationOf(job, now), reasonsOf(job), glyphs)
}

/** The text of a bridge: its own state if it differs from downstream, then the downstream pipeline, whose id names its page. */
function bridgeState(
  job: Job,
  downstream: Downstream,
  project: string,
  now: number,
  glyphs: Glyphs,
): TextSpan[] {
  const own = job.status === 'success' || job.status === downstream.status ? '' : jobState(job, now, glyphs)
  const where = downstream.project === project ? '' : ` in project ${glyphs.printable(downstream.project)}`
  return [
    { text: `${own && `${own} `}${glyphs.arrow} ` },
    { text: String(downstream.id), url: downstream.webUrl },
    { text: `${where} ${downstreamState(downstream, now, glyphs)}` },
  ]
}

/** The label of a pipeline: `Pipeline 4711 (ref master)`. */
function pipelineLabel({ kind, id, ref }: Pipeline, glyphs: Glyphs): string {
  const what = kind === 'pipeline' ? 'Pipeline' : 'Trigger request'
  return `${what} ${id}${ref === null ? '' : ` (ref ${glyphs.printable(ref)})`}`
}

function nameOf({ subject }: Node, glyphs: Glyphs): TextSpan {
  switch (subject.what) {
    case 'pipeline':
      return { text: pipelineLabel(subject.pipeline, glyphs), tone: 'strong', url: subject.pipeline.webUrl }
    case 'stage':
      return { text: subject.name === null ? 'no stage' : glyphs.printable(subject.name) }
    case 'job':
      return {
        text: subject.job.name === null ? `job ${subject.job.id}` : glyphs.printable(subject.job.name),
        url: subject.job.webUrl,
      }
  }
}

function stateOf({ subject }: Node, now: number, glyphs: Glyphs): TextSpan[] {
  switch (subject.what) {
    case 'pipeline':
      return [{ text: headState(subject.pipeline, now, glyphs) }]
    case 'stage':
      return []
    case 'job': {
      const { job, project } = subject
      return job.downstream
        ? bridgeState(job, job.downstream, project, now, glyphs)
        : [{ text: jobState(job, now, glyphs) }]
    }
  }
}

/** The line of a node; `isFolded` adds the number of its hidden jobs. */
export function nodeLine(node: Node, isFolded: boolean, now: number, glyphs: Glyphs): NodeLine {
  const spans = stateOf(node, now, glyphs).filter(({ text }) => text !== '')
  const own = node.subject.what === 'job' ? 1 : 0
  const jobs = isFolded ? jobsBelow(node).length - own : 0
  const count = jobs === 0 ? '' : `(${jobs} job${jobs === 1 ? '' : 's'})`
  return {
    name: [markOf(node.kind, glyphs), { text: ' ' }, nameOf(node, glyphs)],
    rest: [
      ...(spans.length === 0 ? [] : [{ text: node.subject.what === 'pipeline' ? ': ' : ' ' }]),
      ...spans.map((span) => ({ ...span, ...toneOf(node.kind) })),
      ...(count === '' ? [] : [{ text: ` ${count}`, tone: 'faint' } as const]),
    ],
  }
}
