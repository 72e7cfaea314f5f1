import type { LoggedJob } from '../../follow/logs/logged-jobs.ts'
import type { Client } from '../../gitlab/api/client.ts'
import { startProgress, type Progress, type ProgressContext } from '../../reports/progress.ts'

/** A client whose reads of job logs are reported while they run. */
export interface TrackedLogs {
  client: Client
  /** Ends the last of them. */
  end(): Promise<void>
}

/** Reports how far the logs of jobs are that a client reads, one after the other: large ones take their time. */
export function trackLogs(client: Client, jobs: readonly LoggedJob[], context: ProgressContext): TrackedLogs {
  let current: { path: string; progress: Progress } | undefined
  const end = async (): Promise<void> => {
    await current?.progress.end(true)
    current = undefined
  }
  const progressOf = async (path: string, id: number): Promise<Progress> => {
    if (current?.path === path) return current.progress
    await end()
    const name = jobs.find(({ jobId }) => jobId === id)?.name ?? String(id)
    const progress = startProgress({ kind: 'log', key: `log ${id}`, name }, context)
    current = { path, progress }
    return progress
  }
  const tracked = (each: Client): Client => ({
    ...each,
    async open(path) {
      const [whole, id] = /^\/\w+\/(\d+)\/trace/.exec(path) ?? []
      const progress = whole === undefined ? undefined : await progressOf(whole, Number(id))
      const opened = await each.open(path)
      const length = Number(opened.headers['content-length'] ?? NaN)
      const total = Number.isNaN(length) ? undefined : length
      return progress ? { ...opened, body: progress.track(opened.body, total) } : opened
    },
    forProject: (project) => tracked(each.forProject(project)),
    with: (options) => tracked(each.with(options)),
    within: (limits) => tracked(each.within(limits)),
  })
  return { client: tracked(client), end }
}
