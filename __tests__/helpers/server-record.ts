import type { Sandbox } from '../../src/sandbox/server.ts'

interface Row {
  id: number
  [member: string]: unknown
}

/** What a sandbox has on record of project 9, asked for without a gateway. */
export interface ServerRecord {
  pipelines: Row[]
  jobs: Row[]
  tokens: Row[]
  schedules: Row[]
  /** The ids that are here and were not in an earlier record. */
  added(earlier: ServerRecord | undefined): number[]
  /** How many of each kind have changed since an earlier record, without what others have added. */
  changes(earlier: ServerRecord, others: readonly number[]): Changes
}

export type Changes = Record<
  'pipelines' | 'canceled' | 'jobs' | 'played' | 'tokens' | 'revoked' | 'schedules' | 'dropped',
  number
>

const isCanceled = ({ status }: Row): boolean => status === 'canceled' || status === 'canceling'

/** Reads the record of a sandbox. */
export async function readRecord(gitlab: Sandbox): Promise<ServerRecord> {
  const list = async (path: string): Promise<Row[]> => {
    const answer = await fetch(`${gitlab.url}/api/v4/projects/9/${path}`, {
      headers: { 'private-token': gitlab.tokens.api },
    })
    return (await answer.json()) as Row[]
  }
  const pipelines = await list('pipelines?per_page=100')
  const jobs = await list('jobs?per_page=100')
  const tokens = await list('triggers?per_page=100')
  const schedules = await list('pipeline_schedules?per_page=100')
  const kinds = { pipelines, jobs, tokens, schedules }
  const newIn = (kind: keyof typeof kinds, earlier: ServerRecord | undefined): Row[] =>
    kinds[kind].filter(({ id }) => !earlier?.[kind].some((row) => row.id === id))
  const goneFrom = (kind: keyof typeof kinds, earlier: ServerRecord): Row[] =>
    earlier[kind].filter(({ id }) => !kinds[kind].some((row) => row.id === id))
  return {
    ...kinds,
    added: (earlier) =>
      (['pipelines', 'tokens', 'schedules'] as const).flatMap((kind) =>
        newIn(kind, earlier).map(({ id }) => id),
      ),
    changes(earlier, others) {
      const ours = (rows: Row[]): Row[] => rows.filter(({ id }) => !others.includes(id))
      const ownPipelines = ours(newIn('pipelines', earlier))
      const known = earlier.pipelines.map(({ id }) => id)
      return {
        pipelines: ownPipelines.length,
        canceled: pipelines.filter(
          (row) => isCanceled(row) && earlier.pipelines.some((old) => old.id === row.id && !isCanceled(old)),
        ).length,
        jobs: newIn('jobs', earlier).filter(({ pipeline }) => known.includes((pipeline as Row).id)).length,
        played: jobs.filter(
          ({ id, status }) =>
            status !== 'manual' && earlier.jobs.some((old) => old.id === id && old['status'] === 'manual'),
        ).length,
        tokens: ours(newIn('tokens', earlier)).length,
        revoked: goneFrom('tokens', earlier).length,
        schedules: ours(newIn('schedules', earlier)).length,
        dropped: goneFrom('schedules', earlier).length,
      }
    },
  }
}
