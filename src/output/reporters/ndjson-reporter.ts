import { errorObject } from '../../core/text/error-object.ts'
import type { Context } from '../../core/context.ts'
import type { Change } from '../../follow/changes.ts'
import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import type { Event, Reporter } from '../../events.ts'
import { jsonLine } from '../../core/text/json-line.ts'
import { buildObject, jobHead } from '../format/build-json.ts'
import { jobObject, pipelineHead, pipelineObject } from '../format/pipeline-json.ts'
import { exceptClosedPipe } from './text-reporter.ts'
import { keyOf } from '../tree/tree.ts'

/** The version of the format. It changes if a member is removed or redefined, not if one is added. */
export const eventsVersion = 1

type Members = Record<string, unknown>

function changeMembers(root: Pipeline, change: Change): Members {
  const { what, before, pipeline } = change
  const where = { pipeline_id: root.id, before }
  if (what === 'pipeline') return { type: 'pipeline', ...where, pipeline: pipelineHead(pipeline) }
  return { type: 'job', ...where, in_pipeline_id: pipeline.id, job: jobObject(change.job) }
}

/** The objects of an event, without version and time; none if nothing changed. */
function membersOf(event: Event, wasUnreachable: boolean): Members[] {
  switch (event.type) {
    case 'triggered':
      return [{ type: 'triggered', api: event.api, build: buildObject(event.build) }]
    case 'jobs found':
      return [{ type: 'jobs', jobs: event.jobs.map(jobHead) }]
    case 'looked': {
      const { pipeline, changes, trouble } = event
      const isContactChange = (trouble !== '') !== wasUnreachable
      return [
        ...(isContactChange
          ? [{ type: 'contact', pipeline_id: pipeline.id, trouble: trouble === '' ? null : trouble }]
          : []),
        ...changes.map((change) => changeMembers(pipeline, change)),
      ]
    }
    case 'over': {
      const { pipeline, isGood, sentence } = event
      const tree = pipelineObject(pipeline)
      return [
        { type: 'over', pipeline_id: pipeline.id, is_success: isGood, message: sentence, pipeline: tree },
      ]
    }
    case 'log': {
      const { pipelineId, jobId, name } = event.job
      return [{ type: 'log', in_pipeline_id: pipelineId, job_id: jobId, job_name: name, text: event.text }]
    }
    case 'left':
      return [{ type: 'left', pipeline_id: event.pipeline.id, status: event.pipeline.status }]
    case 'skipped':
      return [{ type: 'skipped', message: event.text }]
    case 'failed': {
      const { exitCode, build } = event.error
      const id = build.kind === 'triggered' ? (build.build?.id ?? null) : null
      const error = errorObject(event.error)
      return [{ type: 'failed', exit_code: exitCode, build_state: build.kind, build_id: id, error }]
    }
    case 'ended':
      return [{ type: 'ended', exit_code: event.exitCode }]
    case 'warned':
      return event.pipelineId === undefined
        ? []
        : [{ type: 'warning', pipeline_id: event.pipelineId, message: event.text }]
    case 'started':
    case 'noted':
    case 'asked':
    case 'opened':
    case 'ticked':
    case 'fetching':
    case 'fetched':
      return []
  }
}

/**
 * The reporter for --events: prints a line of JSON for every change, with `version`, `type` and `time`.
 * Readers ignore types and members that they do not know. `say` reports to stderr; `common` are members of every line.
 */
export function ndjsonReporter(context: Context, say: Reporter, common: Members = {}): Reporter {
  const unreachable = new Set<string>()
  return async (event) => {
    const key = event.type === 'looked' ? keyOf(event.pipeline) : ''
    const time = new Date('now' in event ? event.now : context.wallTime()).toISOString()
    const lines = membersOf(event, unreachable.has(key)).map((members) =>
      jsonLine({ version: eventsVersion, time, ...common, ...members }, context.secrets),
    )
    if (event.type === 'looked') {
      if (event.trouble === '') unreachable.delete(key)
      else unreachable.add(key)
    }
    if (lines.length > 0) {
      const written = context.stdout.write(lines.join(''))
      // Losing the id is an error. After that line the reader may have closed the pipe (docs/guarantees.md#T71).
      await (event.type === 'triggered' ? written : written.catch(exceptClosedPipe))
    }
    await say(event)
  }
}
