import { resolve } from 'node:path'
import { commandTable } from '../../src/cli/table/index.ts'
import { apiEnvironment } from '../helpers/api.ts'
import { prepareServer, serverLines, wordsOf } from '../helpers/command-lines.ts'
import { beforeSleep } from '../helpers/before-sleep.ts'
import { useFollower } from '../helpers/follower.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run, runIn, type Result } from '../helpers/run.ts'
import { newWorld, type WorldOptions } from '../helpers/world.ts'
import { closedPortUrl } from '../helpers/run-against.ts'

const gitlab = useGitlab()
const home = useHome()

const rows = commandTable.filter(({ jsonResult }) => jsonResult !== undefined)
const names = rows.map(({ name }) => name)
const lines: Readonly<Record<string, string>> = {
  ...serverLines,
  batch: `batch ${resolve('__tests__/helpers/plan-of-one.yml')}`,
  history: 'history',
  'config show': 'config show',
  'config path': 'config path',
  'config list': 'config list',
  'config get': 'config get timeout',
}
const lineOf = (name: string): string => lines[name] ?? ''

/** Commands that need a server, and those that read config files. */
const ofServer = names.filter((name) => name in serverLines)
const ofConfig = names.filter((name) => name !== 'history')
/** What all commands share is tried with one of each kind. */
const some = ['run', 'status', 'tokens list', 'schedule gitlab run', 'config show']

/** The members that a command's object always has, `exit_code` and `error` among them. */
function membersOf(name: string): string[] {
  const empty = rows.find((row) => row.name === name)?.jsonResult
  return [...Object.keys(empty?.({} as never) ?? {}), 'exit_code', 'error'].sort()
}

type Printed = Record<string, unknown> & { exit_code: number; error: { message: string } | null }

/** The objects on stdout, each with all members and the end of the run. */
function objectsOf(name: string, { code, stdout, stderr }: Result): Printed[] {
  const objects = stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Printed)
  for (const object of objects) {
    expect({ stderr, keys: Object.keys(object).sort() }).toEqual({ stderr, keys: membersOf(name) })
    expect(object.exit_code).toBe(code)
    if (code === 0) expect(object.error).toBeNull()
    else expect(stderr).toContain(object.error?.message)
  }
  return objects
}

const world = (env: Record<string, string> = {}): WorldOptions =>
  home().world(apiEnvironment(gitlab(), { NO_COLOR: '1', ...env }))

const typed = (line: string, env: Record<string, string> = {}): Promise<Result> =>
  run(wordsOf(line, home().root), world(env))

test('every command with a flag --json of its own says what it prints', () => {
  const takers = commandTable.filter(
    ({ name, options }) =>
      Object.values(options).some(({ rows: flags }) => 'json' in flags) &&
      // Their --json is that of the command that they print.
      !/^schedule [\w-]+$/.test(name),
  )
  expect(takers.map(({ name }) => name)).toEqual(names)
  expect(
    Object.keys(lines)
      .filter((name) => !['logs', 'open'].includes(name))
      .sort(),
  ).toEqual([...names].sort())
})

test.each(names)('%s --json prints one object where it succeeds', async (name) => {
  await prepareServer(gitlab())
  home().config('timeout: 90s\n')
  const result = await typed(`${lineOf(name)} --json`)
  expect(result).toMatchObject({ code: 0 })
  expect(objectsOf(name, result)).toHaveLength(1)
})

interface Mishap {
  title: string
  of: readonly string[]
  /** What is typed, from the line of a command and its name. */
  line: (line: string, name: string) => string
  env?: () => Record<string, string> | Promise<Record<string, string>>
  code: number
}

const mishaps: readonly Mishap[] = [
  { title: 'a mistyped flag', of: names, line: (line) => `${line} --json --bogus`, code: 2 },
  { title: 'a mistyped flag with a value', of: some, line: (line) => `${line} --bogus x --json`, code: 2 },
  {
    title: 'a mistyped flag before all others',
    of: some,
    line: (line, name) => line.replace(name, `${name} --bogus --json`),
    code: 2,
  },
  {
    title: 'a value that is missing',
    of: ofConfig,
    line: (line) => `${line} --json --config`,
    code: 2,
  },
  {
    title: 'a flag where a value was wanted',
    of: some,
    line: (line) => `${line} --config --no-config --json`,
    code: 2,
  },
  {
    title: 'a flag that is there twice',
    of: some,
    line: (line) => `${line} --config a --config b --json`,
    code: 2,
  },
  {
    title: 'flags that cannot be used together',
    of: some,
    line: (line) => `${line} --config a --no-config --json`,
    code: 2,
  },
  {
    title: 'a value for a flag that takes none',
    of: some,
    line: (line) => `${line} --json --no-config=x`,
    code: 2,
  },
  {
    title: 'unexpected argument',
    of: some.filter((name) => !['status', 'run'].includes(name)),
    line: (line) => `${line} --json a b`,
    code: 2,
  },
  {
    title: 'a missing argument',
    of: rows.filter((row) => row.arguments?.startsWith('<')).map(({ name }) => name),
    line: (_, name) => `${name} --json`,
    code: 2,
  },
  {
    title: 'a config file that is not there',
    of: ofConfig,
    line: (line) => `${line} --config {}/none.yaml --json`,
    code: 14,
  },
  {
    title: 'no server',
    of: ofServer,
    line: (line) => `${line} --json`,
    env: () => ({ GITLAB_TRIGGER_SERVER: '' }),
    code: 2,
  },
  {
    title: 'a server that does not listen',
    of: ofServer,
    line: (line) => `${line} --json`,
    env: async () => ({ GITLAB_TRIGGER_SERVER: await closedPortUrl() }),
    code: 6,
  },
  {
    title: 'a token that is not accepted',
    of: ofServer.filter((name) => !['run', 'tokens test', 'doctor'].includes(name)),
    line: (line) => `${line} --json`,
    env: () => ({ GITLAB_TRIGGER_API_TOKEN: 'glpat-of-nobody-at-all' }),
    code: 4,
  },
]

describe.each(mishaps)('--json after $title', ({ of, line, env, code }) => {
  test.each(of)('%s prints one object with the error', async (name) => {
    const result = await typed(line(lineOf(name), name), await env?.())
    expect(result).toMatchObject({ code })
    expect(objectsOf(name, result)).toHaveLength(1)
  })
})

test.each(ofServer)('%s --json, stopped by a signal, prints one object', async (name) => {
  const stopped = newWorld(world())
  stopped.interrupt('SIGTERM')
  const result = await runIn(stopped, wordsOf(`${lineOf(name)} --json`, home().root))
  expect(result).toMatchObject({ code: 143 })
  expect(objectsOf(name, result)).toHaveLength(1)
})

describe('one object for each pipeline that was named', () => {
  // prettier-ignore
  test.each<[words: string, ids: (number | null)[], code?: number]>([
    ['4711', [4711]],
    ['4711 4712', [4711, 4712]],
    ['4711 #4712 4711', [4711, 4712]],
    ['https://gitlab.example.com/seed/app/-/pipelines/4711 4712', [null, 4712], 14],
    ['', [null]],
    ['4711 --bogus', [4711]],
    ['--bogus 4711', [4711]],
    ['4711 --time-out 5m 4712', [4711, 4712]],
    ['4711 4712 --server', [4711, 4712]],
    ['--config a --config b 4711 4712 --server', [4711, 4712]],
    ['4711 -- 4712', [4711, 4712]],
    ['4711 x', [4711, null]],
  ])('%s', async (words, ids, code = 2) => {
    for (const name of ['wait', 'status', 'cancel', 'retry']) {
      const result = await typed(`${name} --json ${words}`, { GITLAB_TRIGGER_PROJECT: '' })
      expect(result).toMatchObject({ code })
      expect(objectsOf(name, result).map(({ id }) => id)).toEqual(ids)
    }
  })
})

test.each([
  'run --var --json',
  'run --var --json --bogus',
  'refs -- --json x y',
  'run --bogus -- --json',
  'tokens create --description --json',
  'tokens create --description=--json --bogus',
  'status 4711 --config --json',
  'status 4711 --config=--json --bogus',
  'logs 4711 --json',
  'config trust --json',
  'sandbox --json',
  'help nothing --json',
  'schedule cron --bogus --json',
])('%s: that --json is none', async (line) => {
  expect(await typed(line)).toMatchObject({ code: 2, stdout: '' })
})

test.each(['tokens lst --json', 'tokens --json', 'schedule gitlab lst --bogus --json', 'config --json x'])(
  '%s: of a command that is not there, the error alone',
  async (line) => {
    const { code, stdout, stderr } = await typed(line)
    expect(code).toBe(2)
    const { error, ...rest } = JSON.parse(stdout) as Printed
    expect(rest).toEqual({ exit_code: 2 })
    expect(stderr).toContain(error?.message)
  },
)

test('a dry run that fails has the members of one that succeeds', async () => {
  const keys = async (line: string): Promise<string[]> =>
    Object.keys(JSON.parse((await typed(line)).stdout) as object).sort()
  const good = await keys('run --ref master --dry-run --json')
  expect(good).toEqual(['error', 'exit_code', 'fields', 'method', 'url'])
  for (const line of ['run --dry-run --json --bogus', 'run --dry-run --json', 'run x --json --dry-run'])
    expect(await keys(line)).toEqual(good)
})

describe('stopped by a signal in the middle', () => {
  const follower = useFollower()

  /** Types a line, and stops it at its first pause. */
  const stopped = (line: string, env: Record<string, string> = {}): Promise<Result> =>
    follower.follow(
      line,
      { by: 'clock', job: { run_tests: { runs: 600 } } },
      {
        env,
        prepare(stoppable) {
          beforeSleep(stoppable, 1, () => {
            stoppable.interrupt('SIGINT')
          })
        },
      },
    )

  test.each(['wait 4711 4712', 'cancel 4711 4712', 'retry 4711 4712 --wait'])(
    '%s prints an object for each',
    async (line) => {
      follower.gitlab().addPipeline()
      follower.gitlab().addPipeline()
      const result = await stopped(`${line} --json`)
      expect(result.code).toBe(130)
      const objects = result.stdout
        .split('\n')
        .slice(0, -1)
        .map((each) => JSON.parse(each) as Printed)
      expect(objects.map(({ id }) => id).sort()).toEqual([4711, 4712])
      expect(objects.map((each) => each.exit_code)).toContain(130)
    },
  )

  test('a recipe of several targets prints an object for each', async () => {
    const file = home().write(
      'targets.yaml',
      `recipes: { r: { wait: true, targets: [{ ref: master }, { ref: develop }, { ref: v1.0.0 }] } }\n`,
    )
    const { code, stdout, stderr } = await stopped(`run r --json --config ${file}`)
    expect(code).toBe(130)
    const objects = stdout
      .split('\n')
      .slice(0, -1)
      .map((each) => JSON.parse(each) as Printed)
    expect(objects).toMatchObject([
      { id: 4711, ref: 'master', build_state: 'triggered', exit_code: 130 },
      { id: null, ref: 'develop', build_state: 'none', exit_code: 130 },
      { id: null, ref: 'v1.0.0', build_state: 'none', exit_code: 130 },
    ])
    expect(stderr).toContain('9 on develop: stopped by SIGINT\n')
    expect(follower.gitlab().requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
  })
})

test('a failure with another end than its error is told once', async () => {
  home().write(
    'home/.config/gitlab-trigger/config.yaml',
    'recipes: { r: { ref: nope, exitCodes: { 5: 77 } } }\n',
  )
  const result = await typed('run r --json')
  expect(result.code).toBe(77)
  expect(objectsOf('run', result)).toHaveLength(1)
})
