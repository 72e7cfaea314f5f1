import type { Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { isFinished } from '../core/status.ts'
import { jobsWithPipelines } from './changes.ts'
import { jobsToPlay, type Policy } from './verdict.ts'

/** Starts a manual job; resolves to `unknown` if the response was lost. */
export type StartJob = (job: Job, pipeline: Pipeline) => Promise<'started' | 'refused' | 'unknown'>

/** Starts the manual jobs that a policy names. */
export interface ManualJobStarter {
  /** Starts waiting jobs after a poll. Resolves to true while a job that it started is unfinished. */
  play(root: Pipeline): Promise<boolean>
  /** The names of jobs that could not be started. */
  notStarted(): readonly string[]
}

/** Number of attempts to start a job that still waits after a lost response. */
const maxTries = 3

/** Creates the starter for one followed pipeline. */
export function manualJobStarter(policy: Policy, start: StartJob): ManualJobStarter {
  const started = new Set<number>()
  const tries = new Map<number, number>()
  const failed = new Set<string>()
  return {
    async play(root) {
      let isUnknown = false
      for (const { job, pipeline } of jobsToPlay(root, policy)) {
        if (started.has(job.id) || job.name === null || failed.has(job.name)) continue
        const outcome = await start(job, pipeline)
        const count = (tries.get(job.id) ?? 0) + 1
        tries.set(job.id, count)
        if (outcome === 'started') started.add(job.id)
        else if (outcome === 'refused' || count === maxTries) failed.add(job.name)
        else isUnknown = true
      }
      // GitLab may report the pipeline as finished while a job that was just started is not running yet.
      return (
        isUnknown || jobsWithPipelines(root).some(({ job }) => started.has(job.id) && !isFinished(job.status))
      )
    },
    notStarted: () => [...failed],
  }
}
