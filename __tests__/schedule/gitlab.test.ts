import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { beforeSleep } from '../helpers/before-sleep.ts'
import { run, runIn, words, type Line, type Result } from '../helpers/run.ts'
import { newWorld } from '../helpers/world.ts'
import { none, unknown } from '../helpers/pipeline-sentences.ts'

const gitlab = useGitlab()

const typed = (line: Line, token = gitlab().tokens.api): Promise<Result> =>
  run(['schedule', 'gitlab', ...words(line)], environment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: token }))

const create = ['create', '--ref', 'master', '--at', '30 0 * * 1-5', '--timezone', 'Europe/Berlin']

interface Listed {
  id: number
  active: boolean
  cron: string
  cron_timezone: string
  ref: string
  description: string
}

const listed = async (): Promise<Listed[]> =>
  (JSON.parse((await typed('list --json')).stdout) as { schedules: Listed[] }).schedules

/** What was changed, as method and path below the project. */
const deeds = (): string[] =>
  gitlab()
    .requests.filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path.replace('/api/v4/projects/9', '')}`)

test('create prints the number, says when, and makes it active only when it is whole', async () => {
  const { code, stdout, stderr } = await typed([
    ...create,
    '--var',
    'NIGHTLY=true',
    '--var',
    'B=a,b\nc',
    '--description',
    'Nightly',
  ])
  expect({ code, stdout }).toEqual({ code: 0, stdout: '13\n' })
  expect(stderr).toBe('At 00:30, Monday through Friday; next: Mon 23 Nov 2026, 00:30 (Europe/Berlin).\n')
  expect(deeds()).toEqual([
    'POST /pipeline_schedules',
    'POST /pipeline_schedules/13/variables',
    'POST /pipeline_schedules/13/variables',
    'PUT /pipeline_schedules/13',
  ])
  expect(await listed()).toMatchObject([
    {
      id: 13,
      active: true,
      cron: '30 0 * * 1-5',
      cron_timezone: 'Europe/Berlin',
      ref: 'refs/heads/master',
      description: 'Nightly',
    },
  ])
})

test('create says of variables what a run says of them', async () => {
  const { code, stderr } = await typed([...create, '--var', 'A=x\r', '--var', 'CI_COMMIT_SHA=x'])
  expect(code).toBe(0)
  expect(stderr.split('\n').slice(0, 2)).toEqual([
    'warning: these values end in a carriage return (CR) and are sent with it: A. Was a file with Windows line ends read?',
    'Note: GitLab itself sets CI_COMMIT_SHA; in the jobs of this pipeline the value sent here takes precedence.',
  ])
})

test('its pipeline has the variables, byte for byte', async () => {
  await typed([...create, '--var', 'NIGHTLY=true', '--var', 'B=a,b\nc'])
  expect(await typed('run 13')).toMatchObject({ code: 0, stdout: '4711\n' })
  const [pipeline] = gitlab().pipelines
  expect(pipeline?.source).toBe('schedule')
  expect([...(pipeline?.variables ?? [])]).toEqual([
    ['NIGHTLY', 'true'],
    ['B', 'a,b\nc'],
  ])
})

test('--inactive leaves it so', async () => {
  await typed([...create, '--inactive'])
  expect(await listed()).toMatchObject([{ active: false }])
})

test('a full ref that is not there, which GitLab takes too, is said', async () => {
  const { code, stdout, stderr } = await typed(['create', '--ref', 'refs/heads/gone', '--at', '@daily'])
  expect({ code, stdout }).toEqual({ code: 0, stdout: '13\n' })
  expect(stderr).toContain(
    'The project has no branch or tag refs/heads/gone now: the schedule cannot create a pipeline.\n',
  )
})

test.each(['gone', 'both'])(
  'the short ref %s, which is no or two refs, is refused by GitLab',
  async (ref) => {
    const { code, stdout, stderr } = await typed(['create', '--ref', ref, '--at', '@daily'])
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
    expect(stderr).toContain('400 ref is ambiguous')
    expect(await listed()).toEqual([])
  },
)

describe('what goes wrong on the way leaves no schedule that runs', () => {
  test('a variable is refused: it is deleted again', async () => {
    gitlab().failNext({
      kind: 'answer',
      method: 'POST',
      path: '/variables',
      status: 400,
      body: '{"message":"no"}',
    })
    const { code, stdout, stderr } = await typed([...create, '--var', 'A=1'])
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
    expect(stderr).toContain('cannot be created: 400 no (variable A)')
    expect(await listed()).toEqual([])
  })

  test('and cannot be deleted: the message names it, and it is not active', async () => {
    gitlab().failNext({
      kind: 'answer',
      method: 'POST',
      path: '/variables',
      status: 400,
      body: '{"message":"no"}',
    })
    gitlab().failNext({ kind: 'answer', method: 'DELETE', status: 500, body: '' })
    const { stderr } = await typed([...create, '--var', 'A=1'])
    expect(stderr).toContain('schedule 13 is left, not active')
    expect(await listed()).toMatchObject([{ id: 13, active: false }])
  })

  test('the answer to the first request is lost: not repeated, found again and completed', async () => {
    gitlab().failNext({ kind: 'reset after', method: 'POST', createThen: true })
    const { code, stdout } = await typed([...create, '--description', 'Nightly', '--var', 'A=1'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '13\n' })
    expect(posts(gitlab())).toHaveLength(2)
    expect(await listed()).toMatchObject([{ id: 13, active: true, description: 'Nightly' }])
    await typed('run 13')
    expect([...(gitlab().pipelines[0]?.variables ?? [])]).toEqual([['A', '1']])
  })

  test('it is lost and was not made: exit 7, and the name to look for', async () => {
    gitlab().failNext({ kind: 'reset after', method: 'POST' })
    const { code, stderr } = await typed([...create, '--description', 'Nightly'])
    expect(code).toBe(7)
    expect(stderr).toContain('it is not known whether the schedule was created: ')
    expect(stderr).toMatch(
      /schedule gitlab list --server http:\S+ --project 9\. If "Nightly \(unfinished, gitlab-trigger [\da-f-]{36}\)" exists/,
    )
    expect(posts(gitlab())).toHaveLength(1)
  })
})

test('list is a line for each, with when it is due', async () => {
  expect(await typed('list')).toMatchObject({ code: 0, stdout: '' })
  await typed(create)
  const { stdout } = await typed('list')
  expect(stdout).toMatch(
    /^13 {2}30 0 \* \* 1-5 Europe\/Berlin {2}next 2026-11-22T23:30:00\.000Z {2}refs\/heads\/master {2}/,
  )
})

test('delete', async () => {
  await typed(create)
  expect(await typed('delete 13')).toMatchObject({ code: 0, stdout: '', stderr: 'Schedule 13 is deleted.\n' })
  expect(await listed()).toEqual([])
  expect((await typed('delete 13')).code).toBe(4)
})

describe('run', () => {
  beforeEach(() => typed(create))

  test('more often than a server allows: 12, no build', async () => {
    const body = '{"message":{"error":"This endpoint has been requested too many times. Try again later."}}'
    gitlab().failNext({ kind: 'answer', method: 'POST', path: '/play', status: 429, body })
    const { code, stderr } = await typed('run 13')
    expect(code).toBe(12)
    expect(stderr).toContain(none)
    expect(gitlab().pipelines).toHaveLength(0)
  })

  test('an answer that is lost: 7, one POST', async () => {
    const before = posts(gitlab()).length
    gitlab().failNext({ kind: 'reset after', method: 'POST', path: '/play', createThen: true })
    const { code, stderr } = await typed('run 13')
    expect(code).toBe(7)
    expect(stderr).toContain(unknown)
    expect(posts(gitlab()).length - before).toBe(1)
  })

  test('a pipeline that does not come: 7', async () => {
    await typed(['create', '--ref', 'refs/heads/gone', '--at', '0 0 * * *'])
    const { code, stderr, world } = await typed('run 14')
    expect(code).toBe(7)
    expect(stderr).toContain('no new pipeline of schedule 14 appeared within 30 s')
    expect(world.sleeps).toHaveLength(30)
  })

  test('somebody runs it at the same moment: 7, both are named, none is called ours', async () => {
    const play = (): Promise<Response> =>
      fetch(`${gitlab().url}/api/v4/projects/9/pipeline_schedules/13/play`, {
        method: 'POST',
        headers: { 'private-token': gitlab().tokens.api },
      })
    const world = newWorld(environment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }))
    beforeSleep(world, 1, play)
    const { code, stdout, stderr } = await runIn(world, 'schedule gitlab run 13')
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
    expect(stderr).toContain('which pipeline of schedule 13 it created is not known: new are 4712, 4711')
  })

  test('a look that fails is looked again', async () => {
    gitlab().failNext({ kind: 'answer', method: 'GET', path: '/pipelines/4711', status: 502, body: '' })
    expect(await typed('run 13')).toMatchObject({ code: 0, stdout: '4711\n' })
  })

  test('--json', async () => {
    const { stdout } = await typed('run 13 --json')
    expect(JSON.parse(stdout)).toMatchObject({
      id: 4711,
      source: 'schedule',
      build_state: 'triggered',
      exit_code: 0,
    })
  })
})

describe('is refused before anything is changed', () => {
  test.each([
    ['create --ref master', 2, 'no time given'],
    ['create --ref master --at nonsense', 2, '--at: '],
    ['create --at @daily', 2, 'no ref given'],
    ['run', 2, '<number> is missing'],
    ['run x', 2, '"x" is not the number of a schedule'],
    ['delete 0', 2, '"0" is not the number of a schedule'],
    ['run 99', 4, '404 Pipeline Schedule Not Found'],
    ['crate', 2, 'did you mean "schedule gitlab create"?'],
    ['crate --at @daily', 2, 'did you mean "schedule gitlab create"?'],
  ])('%s', async (line, code, says) => {
    const result = await typed(line)
    expect(result).toMatchObject({ code, stdout: '' })
    expect(result.stderr).toContain(says)
    expect(deeds()).toEqual([])
  })

  test('a token that only reads: the message names it and the scope', async () => {
    const { code, stderr } = await typed(create, gitlab().tokens.readApi)
    expect(code).toBe(4)
    expect(stderr).toContain('environment variable GITLAB_TRIGGER_API_TOKEN')
    expect(stderr).toContain('an API token with the scope api')
    expect(await listed()).toEqual([])
  })

  test("a reporter's: the message names the role", async () => {
    const { code, stderr } = await typed(create, gitlab().tokens.reporter)
    expect(code).toBe(4)
    expect(stderr).toContain('the role of Developer')
  })
})
