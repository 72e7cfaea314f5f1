import type { Script } from '../../src/sandbox/server.ts'
import { inStageOrder, mayHideOrder, withFirstIds } from '../../src/gitlab/pipelines/stage-order.ts'
import { useFollower } from '../helpers/follower.ts'
import { at, job, noon } from '../helpers/pipelines.ts'

const { gitlab, follow } = useFollower()
const old = useFollower({ gitlab: '8.17' })

/** Both jobs of the first stage fail, and everything goes well once it is retried. */
const failsFirst: Script = {
  by: 'clock',
  jobs: [
    { name: 'compile', stage: 'build', ends: 'failed' },
    { name: 'lint', stage: 'build', ends: 'failed' },
    { name: 'unit', stage: 'test' },
    { name: 'upload', stage: 'deploy' },
  ],
}
const child: Script = {
  by: 'clock',
  jobs: [{ name: 'go', stage: 'go', downstream: { depend: true, jobs: failsFirst.jobs ?? [] } }],
}
const retried = (script: Script): Script => ({ ...script, others: [{ at: 8, do: 'retry' }] })

interface Printed {
  id: number
  name: string
  stage: string
  downstream_pipeline: { jobs: Printed[] } | null
}
const jobsIn = (stdout: string): Printed[] => (JSON.parse(stdout) as { jobs: Printed[] }).jobs
const order = (jobs: readonly Printed[]): string[] => jobs.map(({ stage, name }) => `${stage}/${name}`)
const right = ['build/compile', 'build/lint', 'test/unit', 'deploy/upload']

describe('after a retry stages stand in their order, and jobs where they were', () => {
  test.each([
    ['status', 20_000],
    ['wait', 0],
    ['wait', 20_000],
  ])('%s, first looked at after %i ms', async (command, ms) => {
    gitlab().script('master', retried(failsFirst))
    await follow('--ref master')
    const { code, stdout } = await follow(
      `${command} 4711 --json --retry-grace 30s`.replace(/(status.*) --retry.*/, '$1'),
      undefined,
      {
        prepare: (world) => {
          world.advance(ms)
        },
      },
    )
    expect(code).toBe(0)
    const jobs = jobsIn(stdout)
    expect(jobs.map(({ id }) => id)).not.toEqual(jobs.map(({ id }) => id).sort((a, b) => a - b))
    expect(order(jobs)).toEqual(right)
  })

  test('downstream too', async () => {
    gitlab().script('master', child)
    await follow('--ref master')
    const result = await follow('status 4711 --json', undefined, {
      prepare: (world) => {
        world.advance(8000)
      },
    })
    const below = jobsIn(result.stdout)[0]?.downstream_pipeline?.jobs ?? []
    expect(order(below)).toEqual(right)
    await follow('retry 4712', undefined, {
      prepare: (world) => {
        world.advance(9000)
      },
    })
    const again = await follow('status 4712 --json', undefined, {
      prepare: (world) => {
        world.advance(30_000)
      },
    })
    expect(order(jobsIn(again.stdout))).toEqual(right)
  })

  test('on API v3', async () => {
    old.gitlab().script('master', retried(failsFirst))
    await old.follow('--ref master')
    const { stdout } = await old.follow('status 4711 --json', undefined, {
      prepare: (world) => {
        world.advance(20_000)
      },
    })
    expect(order(jobsIn(stdout))).toEqual(right)
  })

  test('the tree shows them so', async () => {
    gitlab().script('master', retried(failsFirst))
    await follow('--ref master')
    const { stdout } = await follow('status 4711', undefined, {
      prepare: (world) => {
        world.advance(20_000)
      },
    })
    expect(stdout.replace(/[^]*?\n(?= {2}\S+ build)/, '')).toMatch(/build\n(.*\n){2}.* test\n.*\n.* deploy\n/)
  })

  test('where the replaced jobs may not be read the rest is there, and is not asked for again', async () => {
    gitlab().script('master', retried(failsFirst))
    await follow('--ref master')
    const { code, stdout } = await follow('wait 4711 --json', undefined, {
      prepare(world) {
        world.advance(10_000)
        gitlab().failNext({
          kind: 'answer',
          path: 'include_retried=true',
          status: 403,
          body: '{"message":"403 Forbidden"}',
        })
      },
    })
    expect({ code, jobs: jobsIn(stdout).length }).toEqual({ code: 0, jobs: 4 })
    expect(gitlab().requests.filter(({ path }) => path.includes('include_retried'))).toHaveLength(1)
  })
})

test('a pipeline without a retry costs no request more', async () => {
  await follow('--ref master --wait', { by: 'clock' })
  expect(gitlab().requests.filter(({ path }) => path.includes('include_retried'))).toEqual([])
})

describe('when retries may hide the order', () => {
  const early = { createdAt: noon, startedAt: null }
  const late = { createdAt: at(60), startedAt: at(70) }
  // prettier-ignore
  test.each<[name: string, jobs: Parameters<typeof mayHideOrder>[0]['jobs'], may: boolean]>([
    ['no job', [], false],
    ['one stage', [job('build', 'a', 'success', { id: 30, ...late })], false],
    ['all as old as the pipeline', [job('build', 'a', 'created', { id: 1, ...early }), job('test', 'b', 'created', { id: 2, ...early })], false],
    ['one job of a stage was replaced', [job('build', 'a', 'success', { id: 1, ...early }), job('build', 'c', 'success', { id: 30, ...late }), job('test', 'b', 'created', { id: 2, ...early })], false],
    ['all jobs of a stage were', [job('build', 'c', 'success', { id: 30, ...late }), job('test', 'b', 'created', { id: 2, ...early })], true],
    ['nothing is told of its age', [job('build', 'c', 'success', { id: 30, createdAt: null }), job('test', 'b', 'created', { id: 2, createdAt: null })], true],
    ['the second began first', [job('build', 'c', 'success', { id: 30, startedAt: at(1) }), job('test', 'b', 'success', { id: 2, startedAt: at(9) })], true],
    ['the second waits for a person', [job('test', 'b', 'success', { id: 30, startedAt: at(1) }), job('build', 'c', 'manual', { id: 2 })], false],
  ])('%s', (_, jobs, may) => {
    expect(mayHideOrder({ createdAt: noon, jobs }, new Map())).toBe(may)
    expect(mayHideOrder({ createdAt: noon, jobs }, withFirstIds(new Map(), jobs))).toBe(false)
  })

  test('jobs keep their places by their first ids, whatever their ids are now', () => {
    const before = [
      job('a', 'x', 'failed', { id: 1 }),
      job('a', 'y', 'failed', { id: 2 }),
      job('b', 'z', 'created', { id: 3 }),
    ]
    const now = [
      job('b', 'z', 'created', { id: 3 }),
      job('a', 'y', 'success', { id: 8 }),
      job('a', 'x', 'success', { id: 9 }),
    ]
    expect(inStageOrder(now, withFirstIds(new Map(), before)).map(({ name }) => name)).toEqual([
      'x',
      'y',
      'z',
    ])
  })
})
