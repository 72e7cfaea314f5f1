import { writeFileSync } from 'node:fs'
import type { Fault } from '../../src/sandbox/server.ts'
import { apiEnvironment } from '../helpers/api.ts'
import { passTime } from '../helpers/clock.ts'
import { run, runIn, type Result } from '../helpers/run.ts'
import { environment, useGitlab } from '../helpers/gitlab.ts'
import { newFolder, newWorld, start, type World } from '../helpers/world.ts'

// A change is called done only where it was: every changing command, and every answer that its request may get (docs/guarantees.md#G18).

let now = (): number => start
beforeEach(() => {
  now = () => start
})
const gitlab = useGitlab({ now: () => now(), paceMs: 1000 })

interface Schedule {
  id: number
  active: boolean
  description: string
}

/** Runs a line with the API token of a maintainer. */
const typed = (line: string[]): Promise<Result> => run(line, apiEnvironment(gitlab()))

/** What the server has, asked without the program: that would take most of the time. */
async function seen<T>(path: string): Promise<T> {
  const headers = { 'private-token': gitlab().tokens.api }
  const answer = await fetch(`${gitlab().url}/api/v4/projects/9/${path}`, { headers })
  return (await answer.json()) as T
}

const schedules = (): Promise<Schedule[]> => seen('pipeline_schedules?per_page=100')
const tokens = (): Promise<{ id: number; description: string }[]> => seen('triggers?per_page=100')

/** One request that changes something. */
interface Change {
  line: string[]
  method: 'POST' | 'PUT' | 'DELETE'
  path: RegExp
  prepare?: () => unknown
  /** Whether all that the line is for was done. */
  isDone: () => Promise<boolean> | boolean
  /** What the message tells the user to check if the outcome is unknown. */
  check: RegExp
  /** A lost answer is looked up, and the rest is done. */
  isFound?: true
}

const createLine = ['schedule', 'gitlab', 'create', '--ref', 'master', '--at', '30 0 * * *', '--var', 'A=1']
const isScheduled = async (): Promise<boolean> => {
  const made = (await schedules()).filter(({ description }) =>
    description.startsWith('gitlab-trigger: master'),
  )
  return made.length === 1 && made[0]?.active === true && !made[0].description.includes('unfinished')
}
const aSchedule = async (): Promise<void> => {
  await typed(createLine)
}
const hasToken = async (count: number): Promise<boolean> =>
  (await tokens()).filter(({ description }) => description === 'new').length === count
const running = (): void => {
  gitlab().script('master', { by: 'clock', job: { run_tests: { runs: 600 } } })
  gitlab().addPipeline({ ref: 'master' })
}
const failed = (): void => {
  gitlab().script('master', { by: 'clock', job: { run_tests: { runs: 600 } } })
  gitlab().addPipeline({ ref: 'master', failingJob: 'run_tests', createdAt: start - 3_600_000 })
}
const statusOf = async (id: number): Promise<string> =>
  (await seen<{ status: string }>(`pipelines/${id}`)).status

/** `{}` stands for a file that is not there yet, `{}.api` for one with an API token, `{}.yaml` for an empty config. */
const changes: Record<string, Change> = {
  'tokens create': {
    line: ['tokens', 'create', '--description', 'new'],
    method: 'POST',
    path: /\/triggers$/,
    isDone: () => hasToken(1),
    check: /gitlab-trigger tokens (list|revoke)/,
  },
  login: {
    line: ['login', '-p', '9', '--create-token', '--api-token-file', '{}.api', '--config', '{}.yaml'],
    method: 'POST',
    path: /\/triggers$/,
    isDone: async () =>
      (await tokens()).some(({ description }) => description === 'gitlab-trigger login on here'),
    check: /gitlab-trigger tokens list --server http:\S+ --project seed\/app/,
  },
  'tokens update': {
    line: ['tokens', 'update', '31', '--description', 'new'],
    method: 'PUT',
    path: /\/triggers\/31$/,
    isDone: () => hasToken(1),
    check: /gitlab-trigger tokens list --server http:\S+ --project 9/,
  },
  'tokens revoke': {
    line: ['tokens', 'revoke', '31', '--yes'],
    method: 'DELETE',
    path: /\/triggers\/31$/,
    isDone: async () => (await tokens()).every(({ id }) => id !== 31),
    check: /gitlab-trigger tokens list --server http:\S+ --project 9/,
    isFound: true,
  },
  'tokens rotate, the new one': {
    line: ['tokens', 'rotate', '31', '--yes', '--description', 'new', '--save-to', '{}'],
    method: 'POST',
    path: /\/triggers$/,
    isDone: async () => (await tokens()).every(({ id }) => id !== 31),
    check: /token 31, still works/,
  },
  'tokens rotate, the old one': {
    line: ['tokens', 'rotate', '31', '--yes', '--description', 'new', '--save-to', '{}'],
    method: 'DELETE',
    path: /\/triggers\/31$/,
    isDone: async () => (await tokens()).every(({ id }) => id !== 31),
    check: /token 41, works/,
    isFound: true,
  },
  'schedule gitlab create': {
    line: createLine,
    method: 'POST',
    path: /\/pipeline_schedules$/,
    isDone: isScheduled,
    check: /schedule gitlab list.*unfinished/,
    isFound: true,
  },
  'schedule gitlab delete': {
    line: ['schedule', 'gitlab', 'delete', '13'],
    method: 'DELETE',
    path: /\/pipeline_schedules\/13$/,
    prepare: aSchedule,
    isDone: async () => (await schedules()).length === 0,
    check: /schedule gitlab list/,
    isFound: true,
  },
  'schedule gitlab run': {
    line: ['schedule', 'gitlab', 'run', '13'],
    method: 'POST',
    path: /\/play$/,
    prepare: aSchedule,
    isDone: () => gitlab().pipelines.length === 1,
    check: /Check the pipelines of the project/,
  },
  cancel: {
    line: ['cancel', '4711'],
    method: 'POST',
    path: /\/4711\/cancel$/,
    prepare: running,
    isDone: async () => (await statusOf(4711)) === 'canceled',
    check: /gitlab-trigger status --server http:\S+ --project 9 4711/,
    isFound: true,
  },
  retry: {
    line: ['retry', '4711'],
    method: 'POST',
    path: /\/4711\/retry$/,
    prepare: failed,
    isDone: async () => (await statusOf(4711)) !== 'failed',
    check: /gitlab-trigger status --server http:\S+ --project 9 4711/,
    isFound: true,
  },
}

const html = 'text/html; charset=utf-8'
const page = '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Who are you?</body></html>'
const json = 'application/json'
const answer = (status: number, body: string, contentType: string): Fault => ({
  kind: 'answer',
  status,
  body,
  contentType,
})

/** Answers that belong to no change. */
const strange: Record<string, Fault> = {
  'a sign-in page': answer(200, page, html),
  'a page that says 201': answer(201, page, html),
  'an empty 200': answer(200, '', json),
  'an object without members': answer(200, '{}', json),
  'a list': answer(201, '[]', json),
  'another object': answer(
    201,
    '{"id":999,"token":"glptt-0123456789","description":"other","status":"ok"}',
    json,
  ),
  'a message': answer(200, '{"message":"OK"}', json),
  'half an object': answer(200, '{"id":31,"tok', json),
  'JSON that is none': answer(200, 'null', json),
  '202': answer(202, '{"id":31}', json),
  'a captive portal': { ...answer(200, '<meta http-equiv="refresh" content="0;url=http://portal">', html) },
}
/** And what says nothing of whether it was made. */
const lost: Record<string, Fault> = {
  '502': answer(502, '<html><title>502 Bad Gateway</title></html>', html),
  '504': answer(504, '', 'text/plain'),
  '500': answer(500, '{"message":"500 Internal Server Error"}', json),
  'a reset': { kind: 'reset after' },
}

/** Runs a line while the clock of its world moves on. */
async function runInTimeOf(line: string[]): Promise<Result> {
  const world: World = newWorld(environment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }))
  // What was typed before has taken its time.
  world.advance(now() - start)
  const time = passTime(world, gitlab())
  now = () => world.context.now()
  try {
    return await runIn(world, line)
  } finally {
    time.stop()
    const end = now()
    now = () => end
  }
}

async function changed(
  { line, method, path, prepare }: Change,
  fault: Fault,
  createThen: boolean,
): Promise<Result> {
  const folder = line.some((word) => word.includes('{}')) ? newFolder() : undefined
  try {
    await prepare?.()
    if (folder) writeFileSync(`${folder.path}/token.api`, gitlab().tokens.api, { mode: 0o600 })
    if (folder) writeFileSync(`${folder.path}/token.yaml`, '', { mode: 0o600 })
    // To cancel is repeated, as it is the same when it is done twice.
    for (let count = 0; count < (line[0] === 'cancel' ? 3 : 1); count += 1)
      gitlab().failNext({ ...fault, method, path, ...(createThen && { createThen }) })
    return await runInTimeOf(line.map((word) => word.replace('{}', `${folder?.path ?? ''}/token`)))
  } finally {
    folder?.remove()
  }
}

describe.each(Object.entries(changes))('%s', (_, change) => {
  const answers = Object.entries({ ...strange, ...lost })

  test.each(answers)('is not made, and answered with %s: exit 7, what to look at', async (_name, fault) => {
    const { code, stdout, stderr } = await changed(change, fault, false)
    expect({ code, isDone: await change.isDone() }).toEqual({ code: 7, isDone: false })
    expect(stderr).toMatch(/^gitlab-trigger: .*\bnot known\b/m)
    expect(stderr).toMatch(change.check)
    expect(stdout).not.toMatch(/revoked|glptt/)
  })

  test.each(answers)('is made, and answered with %s: never called failed', async (_name, fault) => {
    const { code } = await changed(change, fault, true)
    expect(code).toBe(change.isFound ? 0 : 7)
    if (change.isFound) expect(await change.isDone()).toBe(true)
  })
})

test.each([true, false])(
  'a lost answer, and a refusal of what was sent again: looked up, whether it was made: %s',
  async (createThen) => {
    running()
    gitlab().failNext({ ...answer(502, '', html), method: 'POST', createThen })
    gitlab().failNext({ ...answer(403, '{"message":"403 Forbidden"}', json), method: 'POST' })
    const { code, stderr } = await runInTimeOf(['cancel', '4711'])
    expect({ code, isDone: await changes['cancel']?.isDone() }).toEqual({
      code: createThen ? 0 : 7,
      isDone: createThen,
    })
    if (!createThen)
      expect(stderr).toMatch(/not known: 403 Forbidden; an earlier attempt may have been carried out: 502/)
  },
)

test.each(['POST', 'PUT'] as const)('an empty 204 proves a deletion and no %s', async (method) => {
  const name = method === 'POST' ? 'tokens create' : 'tokens update'
  const change = changes[name]
  if (!change) throw new Error(name)
  const { code } = await changed(change, answer(204, '', json), false)
  expect({ code, isDone: await change.isDone() }).toEqual({ code: 7, isDone: false })
})

test('a page proves nothing where a deletion is looked up', async () => {
  gitlab().failNext({ ...answer(200, page, html), method: 'DELETE' })
  gitlab().failNext({ ...answer(404, '<h1>Not Found</h1>', html), method: 'GET', path: /\/triggers\/31$/ })
  const { code, stdout } = await typed(['tokens', 'revoke', '31', '--yes'])
  expect({ code, stdout }).toEqual({ code: 7, stdout: '31\tunknown\n' })
})

test('nor does a project that may not be seen any more', async () => {
  gitlab().failNext({ ...answer(200, page, html), method: 'DELETE' })
  const hidden = answer(404, '{"message":"404 Project Not Found"}', json)
  gitlab().failNext({ ...hidden, method: 'GET', path: /\/triggers\/31$/ })
  expect((await typed(['tokens', 'revoke', '31', '--yes'])).code).toBe(7)
})

describe('API v3', () => {
  const old = useGitlab({ gitlab: '8.17' })
  const tokenOf = (): string => old().tokens.trigger

  test.each([
    ['its own answer, the token', undefined, 0],
    ['a page', { ...answer(200, page, html), method: 'DELETE' }, 7],
    ['a lost answer', { kind: 'reset after', method: 'DELETE', createThen: true }, 0],
  ] as const)('a revocation that is answered with %s is looked up', async (_, fault, code) => {
    if (fault) old().failNext(fault)
    const result = await run(['tokens', 'revoke', tokenOf(), '--yes'], apiEnvironment(old()))
    expect(result.code).toBe(code)
    expect(old().requests.at(-1)).toMatchObject({ method: 'GET' })
  })
})

describe('a variable of a schedule, and its last request', () => {
  const parts: [name: string, method: string, path: RegExp][] = [
    ['the variable', 'POST', /\/variables$/],
    ['the last request', 'PUT', /\/pipeline_schedules\/13$/],
  ]
  const faults = Object.entries({ ...strange, ...lost })
  for (const [name, method, path] of parts) {
    test.each(faults)(
      `${name} is answered with %s: the schedule is whole, and there is one`,
      async (_, fault) => {
        for (const createThen of [true, false]) {
          gitlab().failNext({ ...fault, method, path, createThen })
          const { code, stdout } = await runInTimeOf(createLine)
          const list = await schedules()
          // The last request may only be looked up; a variable is also sent again.
          const isWhole = code === 0
          expect(isWhole || method === 'PUT').toBe(true)
          expect(list).toHaveLength(isWhole ? 1 : 0)
          expect(list.every(({ active, description }) => active && !description.includes('unfinished'))).toBe(
            true,
          )
          if (isWhole) expect(stdout).toMatch(/^\d+\n$/)
          for (const { id } of list) await typed(['schedule', 'gitlab', 'delete', String(id)])
        }
      },
    )
  }

  test('what cannot be created whole and cannot be deleted is named: exit 7', async () => {
    gitlab().failNext({
      kind: 'answer',
      method: 'POST',
      path: '/variables',
      status: 403,
      body: '{"message":"403 Forbidden"}',
    })
    gitlab().failNext({ ...answer(200, page, html), method: 'DELETE' })
    const { code, stderr } = await runInTimeOf(createLine)
    expect(code).toBe(7)
    expect(stderr).toContain('schedule 13 is left, not active')
    expect(stderr).toMatch(/gitlab-trigger schedule gitlab delete --server http:\S+ --project 9 13/)
  })

  test('ten times the same lost answer leaves ten schedules that are whole, and nothing else', async () => {
    for (let count = 0; count < 10; count += 1) {
      gitlab().failNext({
        kind: 'reset after',
        method: 'POST',
        path: /pipeline_schedules$/,
        createThen: true,
      })
      expect((await runInTimeOf(createLine)).code).toBe(0)
    }
    const list = await schedules()
    expect(list).toHaveLength(10)
    expect(list.every(({ active }) => active)).toBe(true)
  })

  test("a colleague's schedule of the same moment is not taken for ours", async () => {
    const colleague = await fetch(`${gitlab().url}/api/v4/projects/9/pipeline_schedules`, {
      method: 'POST',
      headers: { 'private-token': gitlab().tokens.api, 'content-type': 'application/json' },
      body: JSON.stringify({
        description: 'gitlab-trigger: master',
        ref: 'master',
        cron: '30 0 * * *',
        active: false,
      }),
    })
    expect(colleague.status).toBe(201)
    gitlab().failNext({ ...answer(200, page, html), method: 'POST', path: /pipeline_schedules$/ })
    expect((await runInTimeOf(createLine)).code).toBe(7)
    expect(await schedules()).toMatchObject([
      { id: 13, active: false, description: 'gitlab-trigger: master' },
    ])
  })
})

test('a manual job whose start is answered by a page is not called started', async () => {
  gitlab().script('master', { by: 'clock', manual: ['run_tests'] })
  gitlab().addPipeline()
  for (let count = 0; count < 3; count += 1)
    gitlab().failNext({ ...answer(200, page, html), method: 'POST', path: /\/play$/ })
  const { code, stderr } = await runInTimeOf([
    'wait',
    '4711',
    '--on-manual',
    'play',
    '--play',
    'run_tests',
    '--timeout',
    '5m',
  ])
  expect(stderr).not.toContain('Started run_tests')
  expect(stderr).toContain('run_tests could not be started: the answer does not confirm it (200, text/html')
  expect(code).toBe(3)
})
