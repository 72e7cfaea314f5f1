import { isPlayable, isRetryable } from '../act/actions.ts'
import { jobLife, pipelineLife } from '../life/life.ts'
import { isEnd } from '../life/timeline.ts'
import type { Job, Pipeline } from '../world/model.ts'
import { durationOf, isMoving } from './pipelines.ts'
import { button, facts } from './parts/form.ts'
import { graph } from './parts/graph.ts'
import { parentOf, sourceBadge, triggerOf, valuesOf } from './parts/origin.ts'
import { statusPill } from './parts/status.ts'
import { duration, moment } from './parts/times.ts'
import { canAct, jobPath, pipelinePath } from './parts/view.ts'
import type { View } from './parts/view.ts'
import type { Html } from './shell/html.ts'
import { markup } from './shell/html.ts'
import type { Page } from './shell/page.ts'

/** What can be done with a job now, as buttons. */
export function jobButtons(view: View, pipeline: Pipeline, job: Job): Html | undefined {
  const { status } = jobLife(pipeline, job, view)
  if (!canAct(view) || job.retried) return undefined
  const act = (what: string): string => `${jobPath(view, pipeline, job)}/${what}`
  if (status === 'manual' || status === 'scheduled') return button(act('play'), 'Play', `Play ${job.name}`)
  if (isRetryable(job, status)) return button(act('retry'), 'Retry', `Retry ${job.name}`, 'plain')
  if (!isEnd(status) && !isPlayable(job, status) && status !== 'canceling') {
    return button(act('cancel'), 'Cancel', `Cancel ${job.name}`, 'plain')
  }
  return undefined
}

function jobRow(view: View, pipeline: Pipeline, job: Job): Html {
  const life = jobLife(pipeline, job, view)
  const marks = [
    job.retried && 'retried',
    job.plan.allowFailure === true && 'allowed to fail',
    job.plan.downstream !== undefined && 'bridge',
    job.plan.stuck === true && life.status === 'pending' && 'stuck: no runner has its tags',
  ]
  return markup`<tr id="job-${job.id}">
    <td class="tight">${statusPill(life)}</td>
    <td>
      <a href="${jobPath(view, pipeline, job)}"><bdi>${job.name}</bdi></a>
      ${marks.map((mark) => mark !== false && markup`<span class="badge">${mark}</span> `)}
    </td>
    <td data-name="Stage"><bdi>${job.stage}</bdi></td>
    <td data-name="Duration">${duration(life.startedAt, life.finishedAt ?? view.now)}</td>
    <td>${jobButtons(view, pipeline, job)}</td>
  </tr>`
}

function pipelineButtons(view: View, pipeline: Pipeline, status: string): Html | undefined {
  if (!canAct(view)) return undefined
  const path = pipelinePath(view, pipeline)
  if (!isEnd(status))
    return button(`${path}/cancel`, 'Cancel pipeline', `Cancel pipeline ${pipeline.id}`, 'danger')
  if (status === 'success' || status === 'skipped') return undefined
  return button(`${path}/retry`, 'Retry pipeline', `Retry the failed jobs of pipeline ${pipeline.id}`)
}

/** A pipeline: where it comes from, its graph, its jobs, its variables. */
export function pipeline(view: View, of: Pipeline): Page {
  const life = pipelineLife(of, view)
  const { jobs, project, yamlErrors } = of
  const table = markup`<h2>Jobs</h2>
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Job</th>
          <th scope="col">Stage</th>
          <th scope="col">Duration</th>
          <th scope="col">Action</th>
        </tr>
      </thead>
      <tbody>
        ${jobs.map((job) => jobRow(view, of, job))}
      </tbody>
    </table>`
  return {
    title: `Pipeline #${of.id}`,
    project,
    tab: 'pipelines',
    isMoving: isMoving(view, of),
    life,
    body: markup`<h1>Pipeline #${of.id}${of.name !== null && markup` <bdi>${of.name}</bdi>`}</h1>
      <div class="line">
        <span role="status">${statusPill(life, true)}</span
        >${sourceBadge(of)}${pipelineButtons(view, of, life.status)}
      </div>
      ${yamlErrors !== null && markup`<p class="notice">${yamlErrors}</p>`}
      ${facts([
        ['Ref', markup`<code>${of.ref}</code>${of.tag && markup` <span class="badge">tag</span>`}`],
        ['Commit', markup`<code>${of.sha.slice(0, 8)}</code>`],
        ['Trigger', triggerOf(of)],
        ['Started by', markup`<bdi>${of.username}</bdi>`],
        ['Upstream', parentOf(view, of)],
        ['Created', moment(of.createdAt)],
        ['Duration', durationOf(view, of)],
      ])}
      ${jobs.length > 0 && [graph(view, of), table]} ${valuesOf(of)}`,
  }
}
