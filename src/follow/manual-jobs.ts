import type { Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { isFinished } from '../core/status.ts'
import { jobsWithPipelines } from './changes.ts'
import { jobsToPlay, type Policy } from './verdict.ts'

/** Starts a job that waits for a person; `unknown` where the answer was lost. */
export type StartJob = (job: Job, pipeline: Pipeline) => Promise<'started' | 'refused' | 'unknown'>

/** Starts the jobs that a policy names, as they come to wait for a person. */
export interface ManualJobStarter {
  /** Starts what waits in a fresh look; whether something that was started is not over yet. */
  play(root: Pipeline): Promise<boolean>
  /** The names of jobs that could not be started. */
  notStarted(): readonly string[]
}

/** A job that is still waiting after an answer was lost is started again so often: what runs already is never started twice. */
const mostTries = 3

/** A player for one watch. */
export function manualJobStarter(policy: Policy, start: StartJob): ManualJobStarter {
  const started = new Set<number>()
  const tries = new Map<number, number>()
  const given = new Set<string>()
  return {
    async play(root) {
      let isUnknown = false
      for (const { job, pipeline } of jobsToPlay(root, policy)) {
        if (started.has(job.id) || job.name === null || given.has(job.name)) continue
        const outcome = await start(job, pipeline)
        const count = (tries.get(job.id) ?? 0) + 1
        tries.set(job.id, count)
        if (outcome === 'started') started.add(job.id)
        else if (outcome === 'refused' || count === mostTries) given.add(job.name)
        else isUnknown = true
      }
      // GitLab may still call the pipeline over while the job that was just started is on its way.
      return (
        isUnknown || jobsWithPipelines(root).some(({ job }) => started.has(job.id) && !isFinished(job.status))
      )
    },
    notStarted: () => [...given],
  }
}
