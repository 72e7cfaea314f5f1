import type { Downstream, Job, Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import { isFinished } from '../../core/status.ts'
import { markOf, toneOf } from './status-marks.ts'
import type { StyledLine, TextSpan } from '../terminal/styled-line.ts'
import type { Glyphs } from '../terminal/glyphs.ts'
import { reasonsOf, reasonsOfPipeline, statusOf } from './status-reasons.ts'
import { durationText } from '../format/elapsed-time.ts'
import { jobsBelow, type Node } from './tree.ts'

/** A line of the tree: the name is set apart, since those of the jobs of a stage are aligned. */
export interface NodeLine {
  name: StyledLine
  rest: StyledLine
}

/** How long it took; up to `now` for what still goes on, '' for what has not started. */
function took(
  { status, startedAt, finishedAt }: Pick<Job, 'status' | 'startedAt' | 'finishedAt'>,
  now: number,
): string {
  const end = isFinished(status) ? finishedAt : now
  return startedAt === null || end === null ? '' : durationText(end - startedAt)
}

/** `running 12s`, `failed 3s: script_failure`; of a success its time is enough. */
function state(status: string, time: string, reasons: readonly string[], pen: Glyphs): string {
  const words = [status === 'success' && time !== '' ? '' : pen.say(status), time].filter(Boolean).join(' ')
  return reasons.length === 0 ? words : `${words}: ${pen.say(reasons.join(', '))}`
}

function pipelineState(pipeline: Pipeline, now: number, pen: Glyphs): string {
  return state(statusOf(pipeline), took(pipeline, now), reasonsOfPipeline(pipeline), pen)
}

function downstreamState({ status, pipeline, hidden }: Downstream, now: number, pen: Glyphs): string {
  if (pipeline) return pipelineState(pipeline, now, pen)
  return state(status, '', hidden === '' ? [] : [`not shown: ${hidden}`], pen)
}

function jobState(job: Job, now: number, pen: Glyphs): string {
  return state(job.status ?? 'unknown', took(job, now), reasonsOf(job), pen)
}

/** What a bridge says besides what it has started: nothing where it has done its part, or only mirrors that. */
function bridgeState(job: Job, downstream: Downstream, project: string, now: number, pen: Glyphs): string {
  const own = job.status === 'success' || job.status === downstream.status ? '' : jobState(job, now, pen)
  const where = downstream.project === project ? '' : ` in project ${pen.say(downstream.project)}`
  return `${own && `${own} `}${pen.arrow} ${downstream.id}${where} ${downstreamState(downstream, now, pen)}`
}

/** How something is named: `Pipeline 4711 on master`. */
export function pipelineLabel({ kind, id, ref }: Pipeline, pen: Glyphs): string {
  const what = kind === 'pipeline' ? 'Pipeline' : 'Trigger request'
  return `${what} ${id}${ref === null ? '' : ` on ${pen.say(ref)}`}`
}

function nameOf({ subject }: Node, pen: Glyphs): TextSpan {
  switch (subject.what) {
    case 'pipeline':
      return { text: pipelineLabel(subject.pipeline, pen), tone: 'strong' }
    case 'stage':
      return { text: subject.name === null ? 'no stage' : pen.say(subject.name) }
    case 'job':
      return { text: subject.job.name === null ? `job ${subject.job.id}` : pen.say(subject.job.name) }
  }
}

function stateOf({ subject }: Node, now: number, pen: Glyphs): string {
  switch (subject.what) {
    case 'pipeline':
      return pipelineState(subject.pipeline, now, pen)
    case 'stage':
      return ''
    case 'job': {
      const { job, project } = subject
      return job.downstream ? bridgeState(job, job.downstream, project, now, pen) : jobState(job, now, pen)
    }
  }
}

/** A node as a line; `isFolded` says how many jobs are in it that have no lines. */
export function nodeLine(node: Node, isFolded: boolean, now: number, pen: Glyphs): NodeLine {
  const text = stateOf(node, now, pen)
  const own = node.subject.what === 'job' ? 1 : 0
  const jobs = isFolded ? jobsBelow(node).length - own : 0
  const count = jobs === 0 ? '' : `(${jobs} job${jobs === 1 ? '' : 's'})`
  return {
    name: [markOf(node.kind, pen), { text: ' ' }, nameOf(node, pen)],
    rest: [
      ...(text === '' ? [] : [{ text: ` ${text}`, ...toneOf(node.kind) }]),
      ...(count === '' ? [] : [{ text: ` ${count}`, tone: 'faint' } as const]),
    ],
  }
}
