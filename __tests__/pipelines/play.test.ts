import type { Fault, Script } from '../../src/sandbox/server.ts'
import { jsonAnswer } from '../helpers/api.ts'
import { useFollower, type Followed } from '../helpers/follower.ts'
import { lastFields, posts } from '../helpers/gitlab.ts'
import { statesIn } from '../helpers/pipeline-sentences.ts'

const child = [{ name: 'apply', stage: 'deploy', when: 'manual' as const }]

/** A pipeline in which build ends, deploy waits for manual action, and a child has a manual job too. */
const waiting: Script = {
  by: 'clock',
  jobs: [
    { name: 'build', stage: 'build' },
    { name: 'deploy', stage: 'deploy', when: 'manual', allowFailure: true },
    { name: 'later', stage: 'deploy', when: 'delayed', delay: 9999 },
    { name: 'start_child', stage: 'deploy', downstream: { jobs: child } },
    { name: 'twice', stage: 'deploy', when: 'manual', allowFailure: true },
    { name: 'twice', stage: 'deploy', when: 'manual', allowFailure: true },
    { name: 'start_more', stage: 'deploy', when: 'manual', allowFailure: true, downstream: { jobs: child } },
  ],
}

const { gitlab, follow } = useFollower()
const old = useFollower({ gitlab: '8.17' })

/** Types a line once the pipeline has come to its manual jobs. */
const type = async (line: string, fault?: Fault): Promise<Followed> => {
  gitlab().script('master', waiting)
  await follow('--ref master')
  return follow(line, undefined, {
    prepare(world) {
      world.advance(20_000)
      if (fault) gitlab().failNext(fault)
    },
  })
}
const played = (): string[] =>
  posts(gitlab())
    .map(({ path }) => path)
    .filter((path) => path.endsWith('/play'))
const page = (job: number): string => `${gitlab().url}/seed/app/-/jobs/${job}`
const api = (job: number): string => `${gitlab().url}/api/v4/projects/seed%2Fapp/jobs/${job}`

// The child's pipeline is 4712, its job 9008.
// prettier-ignore
test.each<[what: string, line: () => string, job: number]>([
  ['by its name', () => 'play 4711 deploy', 9002],
  ['by its id', () => 'play 4711 9002', 9002],
  ['a delayed one', () => 'play 4711 later', 9003],
  ['one of two by its id', () => 'play 4711 9006', 9006],
  ['by its URL', () => `play 4711 ${page(9002)}`, 9002],
  ['by its URL alone', () => `play ${page(9002)}`, 9002],
  ['by its URL of the API', () => `play ${api(9002)}`, 9002],
  ['downstream by its id', () => 'play 4711 9008', 9008],
  ['downstream by its URL', () => `play 4711 ${page(9008)}`, 9008],
  ['in the child by its name', () => 'play 4712 apply', 9008],
  ['a trigger job', () => 'play 4711 start_more', 9007],
])('%s', async (_, line, job) => {
  const { code, stdout, stderr } = await type(line())
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${job} pending\n`, stderr: '' })
  expect(played()).toEqual([`/api/v4/projects/9/jobs/${job}/play`])
})

test('--json prints the job, and its pipeline', async () => {
  const { code, stdout } = await type('play 4711 deploy --json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    id: 9002,
    name: 'deploy',
    status: 'pending',
    pipeline_id: 4711,
    exit_code: 0,
  })
})

test('variables arrive byte for byte', async () => {
  const { code } = await type('play 4711 deploy --var A=1,2 --var B=')
  expect(code).toBe(0)
  const { fields } = posts(gitlab()).at(-1) ?? {}
  expect(fields?.map(([name, value]) => [name, value.toString()])).toEqual([
    ['job_variables_attributes[][key]', 'A'],
    ['job_variables_attributes[][value]', '1,2'],
    ['job_variables_attributes[][key]', 'B'],
    ['job_variables_attributes[][value]', ''],
  ])
  expect(lastFields(gitlab())).not.toHaveProperty('token')
})

// prettier-ignore
test.each<[what: string, line: () => string, says: RegExp]>([
  ['one that is over', () => 'play 4711 build', /build \(9001\) cannot be started by hand: it is success\nJobs that can be started by hand: deploy \(9002\), later \(9003\), .*apply \(9008\) in pipeline 4712/],
  ['one that is not there', () => 'play 4711 deplyo', /no job "deplyo"\nDid you mean deploy\? Jobs that can/],
  ['an id that is not there', () => 'play 4711 777', /no job "777"\nJobs that can be started by hand: deploy/],
  ['a name that two have', () => 'play 4711 twice', /has 2 jobs "twice"\n.*9005, 9006/],
  ['a name downstream', () => 'play 4711 apply', /no job "apply"\nJobs downstream are named by their id: 9008 in pipeline 4712/],
  ['no job', () => 'play 4711', /no job given/],
  ['an empty name', () => 'play 4711 --', /no job given/],
  ['two jobs', () => `play ${page(9002)} deploy`, /page of a job/],
  ['the URL of a pipeline', () => `play 4711 ${gitlab().url}/seed/app/-/pipelines/4711`, /is not the URL of a job/],
  ['variables of a trigger job', () => 'play 4711 start_more --var A=1', /cannot take variables/],
  ['a variable twice', () => 'play 4711 deploy --var A=1 --var A=2', /A is given twice/],
  ['a bad name of a variable', () => 'play 4711 deploy --var A-B=1', /cannot be the name/],
])('refused, and nothing sent: %s', async (_, line, says) => {
  const { code, stdout, stderr } = await type(line())
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(says)
  expect(played()).toEqual([])
})

const answered = (status: number, body: unknown): Fault => jsonAnswer('POST', '/play', status, body)
const html: Fault = {
  kind: 'answer',
  method: 'POST',
  path: '/play',
  status: 200,
  body: '<p>hi</p>',
  contentType: 'text/html',
}
const look =
  /was started is not known: .*\nCheck first whether it was started: gitlab-trigger status --server \S+ --project 9 4711$/m

// prettier-ignore
test.each<[what: string, fault: Fault, code: number, says: RegExp]>([
  ['a page', html, 7, look],
  ['no JSON of a job', answered(200, []), 7, look],
  ['the job as it was', answered(200, { id: 9002, status: 'manual' }), 7, /the answer does not confirm it/],
  ['another job', answered(200, { id: 9099, status: 'pending' }), 7, /the answer does not confirm it/],
  ['a gateway', { ...html, status: 502 }, 7, look],
  ['no answer', { kind: 'reset', method: 'POST', path: '/play' }, 7, look],
  ['silence until the limit', { kind: 'stall', method: 'POST', path: '/play' }, 7, look],
  ['it was played meanwhile', answered(400, { message: '400 Bad request - Unplayable Job' }), 5, /Unplayable Job/],
  ['the role is too low', answered(403, { message: '403 Forbidden' }), 4, /role of Developer/],
])('an answer that is not the started job: %s', async (_, fault, code, says) => {
  const { stderr, ...result } = await type('play 4711 deploy', fault)
  expect(result).toMatchObject({ code, stdout: '' })
  expect(stderr).toMatch(says)
  expect(statesIn(stderr)).toEqual([])
})

test('jobs that cannot be listed are not "no such job"', async () => {
  const { code, stderr } = await type(
    'play 4711 deploy',
    jsonAnswer('GET', '/pipelines/4711/jobs', 403, { message: '403 Forbidden' }),
  )
  expect(code).toBe(4)
  expect(stderr).toMatch(/its jobs cannot be read.*403/)
})

test('without an API token it is refused before anything is changed', async () => {
  gitlab().addPipeline({ project: 10 })
  const { code, stderr } = await follow('play -p 10 4711 deploy', undefined, { withoutApiToken: true })
  expect(code).toBe(4)
  expect(stderr).toMatch(/without an API token/)
})

describe('API v3', () => {
  const manual: Script = { by: 'clock', manual: ['build_package'] }
  const line = async (words: string): Promise<Followed> => {
    old.gitlab().script('master', manual)
    await old.follow('--ref master')
    return old.follow(words, undefined, {
      prepare: (world) => {
        world.advance(20_000)
      },
    })
  }

  test('a manual build is started', async () => {
    const { code, stdout, stderr } = await line('play 4711 build_package')
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '9002 pending\n', stderr: '' })
  })

  test('variables are refused: v3 has none for it', async () => {
    const { code, stderr } = await line('play 4711 build_package --var A=1')
    expect(code).toBe(2)
    expect(stderr).toMatch(/API v3 cannot pass variables/)
    expect(statesIn(stderr)).toEqual([])
  })
})
