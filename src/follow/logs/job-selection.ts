import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import type { LogPlan } from './log-plan.ts'
import { isNamed, loggedJobsIn, type LoggedJob } from './logged-jobs.ts'

/** The jobs whose logs a plan shows, and which of its words have matched a job so far. */
export class JobSelection {
  readonly #which: LogPlan['which']
  readonly #path: string
  readonly #matched = new Set<string>()

  constructor({ which, path }: Pick<LogPlan, 'which' | 'path'>) {
    this.#which = which
    this.#path = path
  }

  /** The selected jobs of a pipeline and of those downstream, in their order. */
  jobsIn(pipeline: Pipeline): LoggedJob[] {
    return loggedJobsIn(pipeline, this.#path).filter((job) => this.#isSelected(job))
  }

  /** The names and ids of the plan that matched no job so far. */
  unknown(): string[] {
    return typeof this.#which === 'string' ? [] : this.#which.filter((word) => !this.#matched.has(word))
  }

  /** Whether jobs are selected by name or id, and each of these has matched one. */
  areAllKnown(): boolean {
    return typeof this.#which !== 'string' && this.unknown().length === 0
  }

  #isSelected(job: LoggedJob): boolean {
    if (this.#which === 'all') return true
    if (this.#which === 'failed') return job.status === 'failed' && !job.allowFailure
    if (this.#which === 'failed or allowed to') return job.status === 'failed'
    const matches = this.#which.filter((word) => isNamed(job, word))
    for (const word of matches) this.#matched.add(word)
    return matches.length > 0
  }
}
