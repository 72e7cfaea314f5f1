import type { Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { isFinished } from '../core/status.ts'
import { jobsToPlay, liveJobs, type Policy } from './verdict.ts'

/** Starts a manual job; resolves to `unknown` if the response was lost. */
export type StartJob = (job: Job, pipeline: Pipeline) => Promise<'started' | 'refused' | 'unknown'>

/** Starts the manual jobs that a policy names. */
export interface ManualJobStarter {
  /** Starts waiting jobs after a poll. Resolves to true while a job that it started is unfinished. */
  play(root: Pipeline): Promise<boolean>
  /** The names of jobs that could not be started. */
  notStarted(): readonly string[]
  /** The names of the jobs of --play that are not seen to be over, without those that could not be started. */
  unfinished(root: Pipeline): readonly string[]
}

/** Number of attempts to start a job that still waits after a lost response. */
const maxTries = 3

/** Creates the starter for one followed pipeline. */
export function manualJobStarter(policy: Policy, start: StartJob): ManualJobStarter {
  const started = new Set<number>()
  /** Whose requests are under way, also when a limit has been reached in the meantime. */
  const starting = new Set<number>()
  const tries = new Map<number, number>()
  const failed = new Set<string>()
  const isRunning = ({ id, status }: Job): boolean => started.has(id) && !isFinished(status)
  return {
    async play(root) {
      let isUnknown = false
      for (const { job, pipeline } of jobsToPlay(root, policy)) {
        if (started.has(job.id) || job.name === null || failed.has(job.name)) continue
        if (starting.has(job.id)) {
          isUnknown = true
          continue
        }
        starting.add(job.id)
        const outcome = await start(job, pipeline).finally(() => starting.delete(job.id))
        const count = (tries.get(job.id) ?? 0) + 1
        tries.set(job.id, count)
        if (outcome === 'started') started.add(job.id)
        else if (outcome === 'refused' || count === maxTries) failed.add(job.name)
        else isUnknown = true
      }
      // GitLab may report the pipeline as finished while a job that was just started is not running yet.
      return isUnknown || liveJobs(root).some(({ job }) => isRunning(job))
    },
    notStarted: () => [...failed],
    unfinished(root) {
      const jobs = liveJobs(root).map(({ job }) => job)
      const isOpen = (name: string): boolean =>
        root.hidden !== '' || jobs.some((job) => job.name === name && !isFinished(job.status))
      return policy.play.filter((name) => !failed.has(name) && isOpen(name))
    },
  }
}
