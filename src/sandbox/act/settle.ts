import type { Time } from '../life/time.ts'
import { momentOf, tickOf } from '../life/time.ts'
import { jobLines } from '../life/lines.ts'
import { changeAt } from '../life/timeline.ts'
import type { DownstreamPlan } from '../script/script.ts'
import { hex40 } from '../world/seeds.ts'
import type { World } from '../world/model.ts'
import type { Pipeline } from '../world/model.ts'
import type { Job } from '../world/model.ts'
import { makePipeline, projectOf } from '../world/world.ts'
import { inOrder } from '../script/adopt.ts'
import { cancelJob, cancelPipeline, playJob, retryJob, retryPipeline } from './actions.ts'

/**
 * Starts the downstream pipeline of a bridge; in another project on its default branch, unless the plan names
 * a ref.
 */
function start(
  world: World,
  parent: Pipeline,
  job: Job,
  plan: DownstreamPlan,
  at: number,
  paceMs: number,
): void {
  const project = plan.project === undefined ? parent.project : projectOf(world, String(plan.project))
  if (project === undefined) throw new RangeError(`the sandbox has no project ${plan.project}`)
  const isChild = plan.project === undefined
  const ref = plan.ref ?? (isChild ? parent.ref : project.defaultBranch)
  const sha = project.refs.find(({ name }) => name === ref)?.sha
  job.downstream = makePipeline(world, {
    project,
    ref,
    sha: (isChild ? parent.sha : sha) ?? hex40(`unknown ref ${ref}`),
    tag: isChild && parent.tag,
    source: isChild ? 'parent_pipeline' : 'pipeline',
    username: parent.username,
    createdAt: momentOf(parent, at, paceMs),
    parent: { pipeline: parent, job, at },
    ...(plan.jobs === undefined ? {} : { jobs: plan.jobs }),
  })
  job.downstream.others = inOrder(plan.others)
}

/** Starts the downstream pipelines of the bridges that are due. Returns whether there were any. */
function startDownstream(world: World, pipeline: Pipeline, time: Time): boolean {
  const waiting = pipeline.jobs.filter(({ plan, downstream }) => plan.downstream && downstream === undefined)
  if (waiting.length === 0) return false
  const tick = tickOf(pipeline, time)
  const lines = jobLines(pipeline)
  return waiting
    .map((job) => {
      const line = lines.get(job) ?? []
      const started = line.find(({ status }) => status === 'running' || status === 'success')
      const plan = job.plan.downstream
      if (plan === undefined || started === undefined || started.at > tick) return false
      start(world, pipeline, job, plan, started.at, time.paceMs)
      return true
    })
    .includes(true)
}

/** Carries out the scripted actions that are due. Returns whether there were any. */
function runActions(world: World, pipeline: Pipeline, time: Time): boolean {
  const tick = tickOf(pipeline, time)
  const due = pipeline.others.filter(({ at }) => at - 1 <= tick)
  if (due.length === 0) return false
  pipeline.others = pipeline.others.filter((action) => !due.includes(action))
  for (const action of due) {
    const at = action.at - 1
    const job = pipeline.jobs.find(({ name, retried }) => name === action.job && !retried)
    if (job === undefined) {
      if (action.do === 'cancel') cancelPipeline(world, pipeline, at, time)
      if (action.do === 'retry') retryPipeline(world, pipeline, at, time)
      continue
    }
    const { status } = changeAt(jobLines(pipeline).get(job) ?? [], at)
    if (action.do === 'cancel') cancelJob(world, pipeline, job, at, time)
    if (action.do === 'retry') retryJob(world, pipeline, job, at, time)
    if (action.do === 'play' && status !== 'created') playJob(pipeline, job, at, time)
  }
  return true
}

/**
 * Brings a world up to date: starts downstream pipelines and carries out scripted actions that are due by
 * now.
 */
export function settle(world: World, time: Time): void {
  const moved = world.pipelines
    .slice()
    .map((pipeline) => runActions(world, pipeline, time) || startDownstream(world, pipeline, time))
  if (moved.includes(true)) settle(world, time)
}
