import type { Script } from '../../src/sandbox/server.ts'
import { directed } from './helpers/directed.ts'

// prettier-ignore
const lives: [name: string, Script, looks: string[]][] = [
  ['an empty script', {}, [
    'created: created created created',
    'pending: pending created created',
    'running: running created created',
    'running: success pending created',
    'running: success running created',
    'running: success success pending',
    'running: success success running',
    'success: success success success',
  ]],
  ['fails in stage build', { failsInStage: 'build' }, [
    'created: created created created',
    'pending: pending created created',
    'running: running created created',
    'running: success pending created',
    'running: success running created',
    'failed: success failed skipped',
  ]],
  ['starts after two looks', { startsAfter: 2, job: { run_tests: { runs: 2 } } }, [
    'created: created created created',
    'created: created created created',
    'created: created created created',
    'pending: pending created created',
    'running: running created created',
    'running: running created created',
    'running: success pending created',
  ]],
  ['no runner', { stuckWithoutRunner: ['gpu'] }, [
    'created: created created created',
    ...Array<string>(5).fill('pending: pending created created'),
  ]],
  ['a manual job that blocks', { jobs: [{ name: 'a', stage: 'a' }, { name: 'm', stage: 'm', when: 'manual' }, { name: 'z', stage: 'z' }] }, [
    'created: created created created',
    'pending: pending created created',
    'running: running created created',
    'manual: success manual created',
    'manual: success manual created',
  ]],
  ['a manual job that may fail', { jobs: [{ name: 'a', stage: 'a' }, { name: 'm', stage: 'm', when: 'manual', allowFailure: true }, { name: 'z', stage: 'z' }] }, [
    'created: created created created',
    'pending: pending created created',
    'running: running created created',
    'running: success manual pending',
    'running: success manual running',
    'success: success manual success',
  ]],
  ['a delayed job', { jobs: [{ name: 'd', stage: 'd', when: 'delayed', delay: 2 }] }, [
    'created: created',
    'scheduled: scheduled',
    'scheduled: scheduled',
    'pending: pending',
    'running: running',
    'success: success',
  ]],
  ['statuses before pending', { jobs: [{ name: 'w', stage: 'w', before: ['waiting_for_resource', 'preparing'] }] }, [
    'created: created',
    'waiting_for_resource: waiting_for_resource',
    'preparing: preparing',
    'pending: pending',
    'running: running',
    'success: success',
  ]],
  ['a job that may fail', { jobs: [{ name: 'f', stage: 'f', ends: 'failed', allowFailure: true }, { name: 'z', stage: 'z' }] }, [
    'created: created created',
    'pending: pending created',
    'running: running created',
    'pending: failed pending',
    'running: failed running',
    'success: failed success',
  ]],
  ['a status of the future', { pipeline: ['pending', 'wondering', 'success'], job: { run_tests: { statuses: { 1: 'pending', 2: 'wondering' } } } }, [
    'pending: pending created created',
    'wondering: wondering created created',
    'success: wondering created created',
  ]],
  ['success, then running again', { pipeline: { 1: 'running', 2: 'success', 3: 'running', 5: 'failed' } }, [
    'running: created created created',
    'success: pending created created',
    'running: running created created',
    'running: success pending created',
    'failed: success running created',
  ]],
  ['somebody cancels', { job: { run_tests: { runs: 9 } }, others: [{ at: 4, do: 'cancel' }] }, [
    'created: created created created',
    'pending: pending created created',
    'running: running created created',
    'canceling: canceling canceled canceled',
    'canceled: canceled canceled canceled',
  ]],
  ['somebody retries', { jobs: [{ name: 'a', stage: 'a', ends: 'failed' }, { name: 'b', stage: 'b' }], others: [{ at: 5, do: 'retry' }] }, [
    'created: created created',
    'pending: pending created',
    'running: running created',
    'failed: failed skipped',
  ]],
]

test.each(lives)('%s', (_, script, looks) =>
  directed(script, async ({ look }) => {
    const seen: string[] = []
    while (seen.length < looks.length) {
      const [status, ...jobs] = await look()
      seen.push(`${status!}: ${jobs.join(' ')}`)
    }
    expect(seen).toEqual(looks)
  }),
)

test('after a retry by somebody the new job runs and the skipped one gets its turn', () =>
  directed(
    {
      jobs: [
        { name: 'a', stage: 'a', ends: 'failed' },
        { name: 'b', stage: 'b' },
      ],
      others: [{ at: 5, do: 'retry' }],
    },
    async ({ read, id }) => {
      const seen: string[] = []
      for (let poll = 0; poll < 10; poll += 1) seen.push((await read(`/pipelines/${id}`)).status)
      expect(seen.slice(3)).toEqual([
        'failed',
        'pending',
        'running',
        'running',
        'running',
        'success',
        'success',
      ])
    },
  ))

test('the clock moves a script that says so', () =>
  directed({ by: 'clock', failsInStage: 'test' }, async ({ look, setClock }) => {
    setClock(3000)
    expect(await look()).toEqual(['failed', 'failed', 'skipped', 'skipped'])
    expect(await look()).toEqual(['failed', 'failed', 'skipped', 'skipped'])
  }))

test('a fault at the second poll, once', () =>
  directed({ pollFaults: { 2: { kind: 'answer', status: 502 } } }, async ({ call, id }) => {
    const seen: string[] = []
    for (let poll = 0; poll < 3; poll += 1) {
      const { status, body } = await call('GET', `/pipelines/${id}`)
      seen.push(status === 200 ? (JSON.parse(body.toString()) as { status: string }).status : String(status))
    }
    expect(seen).toEqual(['created', '502', 'running'])
  }))

test('the tags, the runner and the reason of jobs', () =>
  directed(
    {
      jobs: [
        { name: 's', stage: 's', stuck: true, tags: ['gpu'] },
        { name: 'f', stage: 's', ends: 'failed', failureReason: 'runner_system_failure' },
      ],
    },
    async ({ look, read, id }) => {
      for (let poll = 0; poll < 5; poll += 1) await look()
      const [failed, stuck] = (await read(`/pipelines/${id}/jobs`)) as unknown as [object, object]
      expect(stuck).toMatchObject({
        status: 'pending',
        tag_list: ['gpu'],
        runner: null,
        allow_failure: false,
      })
      expect(failed).toMatchObject({
        status: 'failed',
        failure_reason: 'runner_system_failure',
        runner: { id: 8 },
        pipeline: { id },
      })
    },
  ))

// prettier-ignore
const labels: [Script, text: string, label: string, group: string][] = [
  [{ pipeline: ['success'] }, 'Passed', 'passed', 'success'],
  [{ pipeline: ['failed'] }, 'Failed', 'failed', 'failed'],
  [{ pipeline: ['manual'] }, 'Blocked', 'waiting for manual action', 'manual'],
  [{ pipeline: ['waiting_for_resource'] }, 'Waiting', 'waiting for resource', 'waiting-for-resource'],
  [{ jobs: [{ name: 'f', stage: 'f', allowFailure: true, statuses: ['failed'] }] }, 'Warning', 'passed with warnings', 'success-with-warnings'],
]

test.each(labels)('%j is %s', (script, text, label, group) =>
  directed(script, async ({ read, id }) => {
    const told = await read(`/pipelines/${id}`)
    expect(told.detailed_status).toMatchObject({ text, label, group })
    expect(new URL(told.web_url).pathname).toBe(`/seed/app/-/pipelines/${id}`)
  }),
)

test('what does not exist cannot be directed', () =>
  directed(undefined, async ({ sandbox }) => {
    expect(() => {
      sandbox.script(1, {})
    }).toThrow('no pipeline 1')
    expect(() => {
      sandbox.script({ project: 99, ref: 'x' }, {})
    }).toThrow('no project 99')
    expect(() => {
      sandbox.script('master', { failsInStage: 'none' })
    }).toThrow('no stage none')
    await Promise.resolve()
  }))

test('the jobs of a pipeline that exists keep their numbers', () =>
  directed(undefined, async ({ sandbox, id, look }) => {
    sandbox.script(id, { manual: ['deploy'] })
    expect(sandbox.pipelines[0]!.jobs.map((job) => job.id)).toEqual([9001, 9002, 9003, 9004])
    expect(await look()).toHaveLength(5)
  }))
