import { jobLife } from '../life/life.ts'
import { isEnd } from '../life/timeline.ts'
import { logOf } from '../log/log.ts'
import { held, part } from '../log/text.ts'
import type { Text } from '../log/text.ts'
import type { Job, Pipeline } from '../world/model.ts'
import { logMarkup } from './log/log-markup.ts'
import { facts } from './parts/form.ts'
import { parentOf, sourceBadge, triggerOf, valuesOf } from './parts/origin.ts'
import { statusPill } from './parts/status.ts'
import { duration, moment } from './parts/times.ts'
import { jobPath, pipelinePath } from './parts/view.ts'
import type { View } from './parts/view.ts'
import { jobButtons } from './pipeline.ts'
import type { Html } from './shell/html.ts'
import { markup } from './shell/html.ts'
import type { Page } from './shell/page.ts'

/** How many bytes of a log's end are shown. */
const shownBytes = 256 * 1024

/** The log of a job, as far as it is written; empty once it was erased. */
export function jobLog(view: View, pipeline: Pipeline, job: Job): Text {
  return job.erasedAt === null ? logOf(pipeline, job, jobLife(pipeline, job, view)) : held('')
}

function logPart(view: View, pipeline: Pipeline, job: Job): Html {
  const log = jobLog(view, pipeline, job)
  if (job.plan.downstream !== undefined) return markup`<p>A bridge runs nothing itself, and has no log.</p>`
  if (job.erasedAt !== null) return markup`<p>The log was erased at ${moment(job.erasedAt)}.</p>`
  if (log.length === 0) return markup`<p>This job has not started, and has no log yet.</p>`
  const from = Math.max(0, log.length - shownBytes)
  const text = part(log, from, log.length)
    .read(0, log.length - from)
    .toString()
  const whole = from === 0 ? text : text.slice(text.indexOf('\n') + 1)
  const raw = `${jobPath(view, pipeline, job)}/raw`
  return markup`<p class="small">
      ${from > 0 && markup`Only the end of the log is shown. `}<a href="${raw}">Whole log as plain text</a>
    </p>
    ${logMarkup(whole)}`
}

/** A job: where it comes from, what can be done with it, and its log. */
export function job(view: View, pipeline: Pipeline, of: Job): Page {
  const life = jobLife(pipeline, of, view)
  const { downstream } = of
  return {
    title: `${of.name} (#${of.id})`,
    project: pipeline.project,
    tab: 'pipelines',
    isMoving: !isEnd(life.status),
    hasLog: true,
    life,
    body: markup`<h1><bdi>${of.name}</bdi></h1>
      <div class="line">
        <span role="status">${statusPill(life)}</span
        >${sourceBadge(pipeline)}${jobButtons(view, pipeline, of)}
      </div>
      ${facts([
        ['Job', `#${of.id}`],
        ['Stage', markup`<bdi>${of.stage}</bdi>`],
        ['Pipeline', markup`<a href="${pipelinePath(view, pipeline)}">#${pipeline.id}</a>`],
        [
          'Downstream',
          downstream && markup`<a href="${pipelinePath(view, downstream)}">#${downstream.id}</a>`,
        ],
        ['Ref', markup`<code>${pipeline.ref}</code>`],
        ['Trigger', triggerOf(pipeline)],
        ['Started by', markup`<bdi>${pipeline.username}</bdi>`],
        ['Upstream', parentOf(view, pipeline)],
        ['Tags', of.plan.tags?.map((tag) => markup`<span class="badge">${tag}</span> `)],
        ['Started', moment(life.startedAt)],
        ['Duration', duration(life.startedAt, life.finishedAt ?? view.now)],
      ])}
      ${valuesOf(pipeline)}
      <h2>Log</h2>
      ${logPart(view, pipeline, of)}`,
  }
}
