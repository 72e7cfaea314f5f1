import type { Job, Pipeline } from './model.ts'
import type { Project } from './projects.ts'

/** The numbers of the pipeline and the job that a job token stands for; those of the world begin above. */
const numbers = { pipeline: 4000, job: 8000 }

/** The running job of a job token, with its pipeline; neither of them is in the world. */
export function outsideJob(
  project: Project,
  username: string,
  now: number,
): { job: Job; pipeline: Pipeline } {
  const ref = project.defaultBranch
  const job: Job = {
    id: numbers.job,
    name: 'trigger_others',
    stage: 'deploy',
    script: 'make trigger',
    plan: { name: 'trigger_others', stage: 'deploy', statuses: ['running'] },
    bornAt: 0,
    pinned: undefined,
    retried: false,
    enqueued: false,
    downstream: undefined,
    erasedAt: null,
    artifacts: 'expiring',
  }
  const pipeline: Pipeline = {
    id: numbers.pipeline,
    iid: 1,
    project,
    ref,
    sha: project.refs.find(({ name }) => name === ref)?.sha ?? '0'.repeat(40),
    tag: false,
    source: 'push',
    username,
    createdAt: now,
    variables: new Map(),
    files: new Set(),
    name: null,
    inputs: new Map(),
    payload: undefined,
    trigger: undefined,
    fixedStatus: 'running',
    yamlErrors: null,
    jobs: [job],
    parent: undefined,
    by: 'clock',
    polls: { times: [], seen: new Set() },
    startsAfter: 0,
    statuses: undefined,
    pollFaults: new Map(),
    others: [],
    touchedAt: now,
  }
  return { job, pipeline }
}
