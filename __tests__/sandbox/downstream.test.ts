import { startSandbox } from '../../src/sandbox/server.ts'
import type { Told } from './helpers/directed.ts'
import { directed } from './helpers/directed.ts'
import { get } from './helpers/raw.ts'

test('the branch downstream has pipelines at three depths in three projects', async () => {
  const sandbox = await startSandbox({ now: () => 0, paceMs: 0 })
  const read = async <T>(path: string): Promise<T> => {
    const reply = await get(sandbox.url, `/api/v4/projects/${path}`, [`PRIVATE-TOKEN: ${sandbox.tokens.api}`])
    return JSON.parse(reply.body.toString()) as T
  }
  const { id } = sandbox.addPipeline({ ref: 'downstream' })
  const tree = async (project: number, pipeline: number): Promise<unknown> => {
    const bridges = await read<Told[]>(`${project}/pipelines/${pipeline}/bridges`)
    const branches = bridges
      .reverse()
      .map(async ({ name, status, downstream_pipeline: below }) => [
        `${name} ${status} ${below!.project_id} ${below!.source}`,
        await tree(below!.project_id, below!.id),
      ])
    return Promise.all(branches)
  }
  expect(await tree(9, id)).toEqual([
    [
      'child_tests success 9 parent_pipeline',
      [['more_tests success 9 parent_pipeline', [['deep_docs success 11 pipeline', []]]]],
    ],
    ['docs success 10 pipeline', []],
    ['notify success 11 pipeline', []],
  ])
  expect((await read<Told[]>('9/pipelines')).map((row) => row.id)).toEqual([id])
  expect(await read<Told[]>('9/pipelines?source=parent_pipeline')).toHaveLength(2)
  const jobs = await read<Told[]>(`9/pipelines/${id}/jobs`)
  expect(jobs.map(({ name }) => name)).toEqual(['upload_package', 'run_tests'])
  await sandbox.close()
})

// prettier-ignore
const mirrored: [depend: boolean, ends: string, rows: string[]][] = [
  [true, 'failed', ['created', 'pending', 'running created', 'running pending', 'running running', 'failed failed']],
  [false, 'failed', ['created', 'pending', 'success created', 'success pending', 'success running', 'success failed']],
]

test.each(mirrored)('a bridge with depend %s whose pipeline is %s', (depend, ends, rows) =>
  directed(
    { jobs: [{ name: 'b', stage: 'b', downstream: { depend, jobs: [{ name: 'x', stage: 'x', ends }] } }] },
    async ({ read, id }) => {
      const seen: string[] = []
      while (seen.length < rows.length) {
        const [bridge] = await read<Told[]>(`/pipelines/${id}/bridges`)
        const below = bridge!.downstream_pipeline
        seen.push(`${bridge!.status}${below === null ? '' : ` ${below.status}`}`)
      }
      expect(seen).toEqual(rows)
    },
  ),
)

test('a cancel reaches the children', () =>
  directed(
    {
      jobs: [
        {
          name: 'b',
          stage: 'b',
          downstream: { depend: true, jobs: [{ name: 'x', stage: 'x', stuck: true }] },
        },
      ],
    },
    async ({ read, call, id }) => {
      for (let poll = 0; poll < 6; poll += 1) await read(`/pipelines/${id}`)
      await call('POST', `/pipelines/${id}/cancel`)
      const [bridge] = await read<Told[]>(`/pipelines/${id}/bridges`)
      expect([bridge!.status, bridge!.downstream_pipeline!.status]).toEqual(['canceled', 'canceled'])
    },
  ))
