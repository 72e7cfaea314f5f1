import { apiEnvironment } from '../helpers/api.ts'
import { prepareServer, wordsOf } from '../helpers/command-lines.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'
import type { WorldOptions } from '../helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()
beforeEach(() => prepareServer(gitlab()))

const world = (options: WorldOptions = {}): WorldOptions =>
  home().world({ ...apiEnvironment(gitlab(), { NO_COLOR: '1' }), ...options })

const typed = (line: string, options?: WorldOptions): Promise<Result> =>
  run(wordsOf(line, home().root), world(options))

const jobNames = ['build_package', 'run_tests', 'upload_package']

describe('--json=FIELDS prints these', () => {
  // prettier-ignore
  test.each<[line: string, printed: unknown]>([
    ['status 4711 --json=id', { id: 4711 }],
    ['status 4711 --json=ref,id', { ref: 'master', id: 4711 }],
    ['status 4711 --json=id --json=ref', { id: 4711, ref: 'master' }],
    ['status 4711 --json=id,~ref', { id: 4711, ref: 'master' }],
    ['--json=id status 4711', { id: 4711 }],
    ['status --json=id 4711', { id: 4711 }],
    ['status 4711 --json --json=id', { id: 4711 }],
    ['status 4711 --json=user.username', { user: { username: 'seed' } }],
    ['status 4711 --json=timeline', { timeline: null }],
    ['status 4711 --json=exit_code,error', { exit_code: 0, error: null }],
    ['run --ref master --json=id,kind', { id: 4714, kind: 'pipeline' }],
    ['--ref master --json=id', { id: 4714 }],
    ['run --ref master --json=warnings', { warnings: null }],
    ['run --ref master --dry-run --json=method', { method: 'POST' }],
    ['tokens list --json=tokens.id,project', { tokens: [{ id: 31 }, { id: 34 }], project: '9' }],
    ['projects seed --json=projects.path', { projects: ['seed/group/sub.dotted/deep', 'seed/docs', 'seed/app'].map((path) => ({ path })) }],
    ['history --json=history.intent.key', { history: [] }],
  ])('%s', async (line, printed) => {
    const { code, stdout } = await typed(line)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual(printed)
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(Object.keys(printed as object))
    expect(stdout.split('\n')).toHaveLength(2)
  })

  test('through arrays, of each item', async () => {
    const { stdout } = await typed('status 4711 --json=jobs.name,jobs.downstream_pipeline.id')
    const { jobs } = JSON.parse(stdout) as { jobs: { name: string }[] }
    expect(jobs.map(({ name }) => name).sort()).toEqual(jobNames)
    for (const job of jobs) expect(Object.keys(job)).toEqual(['name', 'downstream_pipeline'])
  })

  test('a member as a whole is more than a part of it', async () => {
    for (const fields of ['jobs,jobs.name', 'jobs.name,jobs']) {
      const { stdout } = await typed(`status 4711 --json=${fields}`)
      const { jobs } = JSON.parse(stdout) as { jobs: object[] }
      expect(Object.keys(jobs[0] ?? {})).toContain('failure_reason')
    }
  })

  test('one object for each pipeline', async () => {
    const { stdout } = await typed('status 4711 4713 --json=id')
    expect(stdout).toBe('{"id":4711}\n{"id":4713}\n')
  })
})

describe('a command that fails says so all the same', () => {
  // prettier-ignore
  test.each<[line: string, code: number, keys: string[]]>([
    ['status 4799 --json=ref', 4, ['ref', 'exit_code', 'error']],
    ['run --ref failing --wait --json=id', 3, ['id', 'exit_code', 'error']],
    ['run --json=id,error', 2, ['id', 'error', 'exit_code']],
    ['run --ref master --bogus --json=id', 2, ['id', 'exit_code', 'error']],
    ['run --ref master --json=id --config', 2, ['id', 'exit_code', 'error']],
    ['status x --json=id', 2, ['id', 'exit_code', 'error']],
  ])('%s', async (line, code, keys) => {
    const { code: ended, stdout } = await typed(line)
    const object = JSON.parse(stdout) as { exit_code: number }
    expect({ ended, exit: object.exit_code, keys: Object.keys(object) }).toEqual({ ended: code, exit: code, keys })
  })
})

describe('a field that is not known is refused before anything is sent', () => {
  // prettier-ignore
  test.each<[line: string, says: string, known: string]>([
    ['run --ref master --json=id,web_ulr', 'unknown field "web_ulr"; did you mean "web_url"?', 'Fields: id, kind, iid'],
    ['run --ref master --json=', 'a field is missing', 'Fields: id, kind, iid'],
    ['run --ref master --json=id,', 'a field is missing', 'Fields: id, kind'],
    ['run --ref master --json=method', 'unknown field "method"', 'Fields: id, kind'],
    ['run --ref master --dry-run --json=id', 'unknown field "id"', 'Fields: method, url, fields, exit_code, error.'],
    ['projects seed --json=path', 'unknown field "path"; did you mean "projects.path"?', 'Fields: server, api, projects'],
    ['projects seed --json=pth', 'unknown field "pth"; did you mean "projects.path"?', 'Fields: server'],
    ['tokens list --json=description', 'did you mean "tokens.description"?', 'Fields: server'],
    ['refs --json=name', 'did you mean "refs.name"?', 'Fields: server'],
    ['pipelines --json=status', 'did you mean "pipelines.status"?', 'Fields: server'],
    ['history --json=intent', 'did you mean "history.intent"?', 'Fields: history'],
    ['schedule gitlab list --json=ref', 'did you mean "schedules.ref"?', 'Fields: schedules'],
    ['doctor --json=detail', 'did you mean "checks.detail"?', 'Fields: checks'],
    ['config list --json=name', 'did you mean "servers.name" or "recipes.name"?', 'Fields: servers'],
    ['status 4711 --json=stage', 'did you mean "jobs.stage"?', 'Fields: id'],
    ['status 4711 --json=username', 'did you mean "user.username"?', 'Fields: id'],
    ['status 4711 --json=jobs.web_ulr', 'unknown field "web_ulr" of jobs; did you mean "web_url"?', 'Fields of jobs: id'],
    ['history --json=history.key', 'unknown field "key" of history; did you mean "history.intent.key"?', 'Fields of history: '],
    ['status 4711 --json=jobs.nmae', 'unknown field "nmae" of jobs; did you mean "name"?', 'Fields of jobs: id, name'],
    ['status 4711 --json=jobs.', 'a field of jobs is missing', 'Fields of jobs: id'],
    ['status 4711 --json=id.x', 'id has no fields', 'Use --json=id.'],
    ['status 4711 --json=__proto__', '--json: unknown field', 'Fields: id'],
    ['status 4711 --json=constructor', '--json: unknown field', 'Fields: id'],
    ['status 4711 --json=x8Kq2LmN9pRt4VwY6zAb', '--json: unknown field\n', 'Fields: id'],
    ['schedule cron --ref master --json=id', '--json cannot have fields here: schedule cron passes it on to the run that is scheduled', 'Write --json alone, and add the fields to it in what is printed'],
  ])('%s', async (line, says, known) => {
    const before = gitlab().requests.length
    const { code, stderr } = await typed(line)
    expect(code).toBe(2)
    expect(stderr).toContain(says)
    expect(stderr).toContain(known)
    expect(gitlab().requests).toHaveLength(before)
  })

  test.each(['logs 4711 --json=id', 'sandbox --json=id', 'config trust --json=id'])(
    '%s: a flag that the command does not have',
    async (line) => {
      expect(await typed(line)).toMatchObject({ code: 2, stdout: '' })
    },
  )
})

test('only with =: a word behind --json is an argument', async () => {
  const { code, stderr } = await typed('run --json nightly --ref master')
  expect(code).toBe(14)
  expect(stderr).toContain('there is no recipe "nightly"')
})

test('behind -- nothing is a flag, and lines of --events stay whole', async () => {
  expect(await typed('run --ref master -- --json=id')).toMatchObject({ code: 14, stdout: '' })
  const { code } = await typed('run --ref master --events --json=id')
  expect(code).toBe(2)
})

describe('on a terminal', () => {
  test.each(['status 4711 --json', 'status 4711 --json=id,jobs.name', 'run --json --bogus'])(
    '%s is printed over several lines',
    async (line) => {
      const { stdout } = await typed(line, { tty: ['stdout'] })
      expect(stdout).toMatch(/^\{\n {2}"id": /)
      const again = await typed(line)
      expect(JSON.parse(stdout)).toMatchObject({ id: (JSON.parse(again.stdout) as { id: unknown }).id })
    },
  )

  test('a number that looks like a secret stays one', async () => {
    const options = apiEnvironment(gitlab(), { GITLAB_TRIGGER_TOKEN: '4711' })
    const { stdout } = await run('status 4711 --json=id,ref', { ...options, tty: ['stdout'] })
    expect(stdout).toBe('{\n  "id": 4711,\n  "ref": "master"\n}\n')
  })
})
