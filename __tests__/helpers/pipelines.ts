import type { Job, Pipeline } from '../../src/gitlab/pipelines/pipeline.ts'
import { waitingReason } from '../../src/core/status.ts'

/** When the pipelines of the tests were created, in ms since 1970: 2026-11-22, 12:00 UTC. */
export const noon = Date.UTC(2026, 10, 22, 12)

/** The time this many seconds after noon. */
export const at = (seconds: number): number => noon + seconds * 1000

const began = new Set(['running', 'canceling', 'success', 'failed'])
const ended = new Set(['success', 'failed'])

/** A job as a look sees it: one that has begun did so 10 s after noon, and took 12 s. Its number is its place, 9001 unless said. */
export function job(stage: string | null, name: string | null, status: string, more: Partial<Job> = {}): Job {
  const { id = 9001, tags = [], isBridge = false } = more
  return {
    id,
    name,
    stage,
    status,
    allowFailure: false,
    failureReason: status === 'failed' ? 'script_failure' : null,
    waits: waitingReason({ name, status, tags, isBridge }),
    webUrl: `https://gitlab.example.com/seed/app/-/jobs/${id}`,
    tags,
    createdAt: noon,
    startedAt: began.has(status) ? at(10) : null,
    finishedAt: ended.has(status) ? at(22) : null,
    erasedAt: null,
    hasArtifacts: false,
    isBridge,
    downstream: null,
    ...more,
  }
}

/** A pipeline of project 9 as a look sees it, that began 5 s after noon. */
export function pipeline(status: string, jobs: Job[], more: Partial<Pipeline> = {}): Pipeline {
  const { id = 4711 } = more
  return {
    kind: 'pipeline',
    id,
    iid: 12,
    project: '9',
    ref: 'master',
    sha: '4f0d2a'.padEnd(40, '0'),
    status,
    source: 'trigger',
    webUrl: `https://gitlab.example.com/seed/app/-/pipelines/${id}`,
    user: 'root',
    yamlErrors: null,
    hasWarnings: false,
    createdAt: noon,
    startedAt: status === 'created' ? null : at(5),
    finishedAt: ended.has(status) ? at(65) : null,
    jobs,
    hidden: '',
    isGuessed: false,
    ...more,
  }
}

/** A bridge and what it has started; where that may not be read, `hidden` says why. */
export function bridge(name: string, status: string, below: Pipeline, hidden = ''): Job {
  const { id, project, webUrl } = below
  return job('deploy', name, status, {
    isBridge: true,
    downstream: { id, project, status: below.status, webUrl, pipeline: hidden === '' ? below : null, hidden },
  })
}
