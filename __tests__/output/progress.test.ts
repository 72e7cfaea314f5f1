import type { Script } from '../../src/sandbox/server.ts'
import { useFollower, type FollowOptions } from '../helpers/follower.ts'
import { environment, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'

const follower = useFollower()
const { gitlab } = follower

const good: Script = { by: 'clock' }
const bad: Script = { by: 'clock', failsInStage: 'build' }

const cron: FollowOptions = {}
const ci: FollowOptions = { env: { CI: 'true' } }
const terminal: FollowOptions = { tty: ['stderr', 'stdout'], env: { NO_COLOR: '1' } }
const dumb: FollowOptions = { tty: ['stderr', 'stdout'], env: { TERM: 'dumb' } }
const surroundings = { cron, ci, terminal, dumb }
type Surroundings = keyof typeof surroundings

/** Types a line in these surroundings; `retry` needs something that has failed. */
async function type(
  line: string,
  where: Surroundings,
  script: Script = good,
): ReturnType<typeof follower.follow> {
  const isRun = line.startsWith('--ref') || line.startsWith('run ')
  gitlab().script('master', script)
  if (!isRun) gitlab().addPipeline({ createdAt: Date.UTC(2026, 10, 22, 11) })
  return follower.follow(line, undefined, surroundings[where])
}

const url = (): string => `${gitlab().url}/seed/app/-/pipelines/4711`

/** What a text holds: moves of the cursor, lines of changes, the first line with the page, or nothing. */
function voice(stderr: string): 'tree' | 'lines' | 'none' {
  if (stderr.includes('\x1b[?7l')) return 'tree'
  return /^4711 (test\/)?/m.test(stderr) ? 'lines' : 'none'
}

const commands = ['--ref master --wait', '--ref master --follow', 'wait 4711', 'retry 4711 --wait'] as const
const usual: Record<Surroundings, 'tree' | 'lines' | 'none'> = {
  cron: 'none',
  ci: 'lines',
  terminal: 'tree',
  dumb: 'lines',
}
const everywhere = Object.keys(usual) as Surroundings[]

describe.each(commands)('%s', (command) => {
  test.each(everywhere)('by default as suits whoever looks on: %s', async (where) => {
    const { code, stderr } = await type(command, where)
    expect({ code, voice: voice(stderr) }).toEqual({ code: 0, voice: usual[where] })
    if (where === 'cron') expect(stderr).toBe('')
  })

  test.each(everywhere)('--progress lines: %s', async (where) => {
    const { code, stderr } = await type(`${command} --progress lines`, where)
    expect({ code, voice: voice(stderr) }).toEqual({ code: 0, voice: 'lines' })
    expect(stderr).toMatch(/^Pipeline 4711 succeeded\.$/m)
    expect(stderr).not.toMatch(/^warning: /m)
  })

  test.each(everywhere)('--progress none: %s', async (where) => {
    const { code, stdout, stderr } = await type(`${command} --progress none --logs none`, where)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^4711( success)?\n$/)
  })

  test.each(everywhere)('--progress tree: %s', async (where) => {
    const { code, stderr } = await type(`${command} --progress tree --logs none`, where)
    const isTree = where === 'terminal'
    expect({ code, voice: voice(stderr) }).toEqual({ code: 0, voice: isTree ? 'tree' : 'lines' })
    const warnings = stderr.match(
      /^warning: --progress tree: .*one line for each change is shown instead\.$/gm,
    )
    expect(warnings?.length).toBe(isTree ? undefined : 1)
  })

  test.each(everywhere)('--quiet is stronger: %s', async (where) => {
    for (const word of ['tree', 'lines', 'none']) {
      expect(await type(`${command} --progress ${word} -q`, where)).toMatchObject({
        code: 0,
        stdout: '',
        stderr: '',
      })
    }
  })

  test.each(['ci', 'terminal', 'dumb'] as const)('the page comes first, once: %s', async (where) => {
    const { stderr } = await type(`${command} --logs none`, where)
    const first = stderr.split('\n').find((line) => !/Retrying the failed|Nothing to retry/.test(line))
    expect(first).toMatch(/^Pipeline 4711 \(ref master\): \w+ http/)
    expect(first?.endsWith(` ${url()}`)).toBe(true)
    expect(stderr.split(url())).toHaveLength(2)
  })

  test.each(everywhere)('a failure is told: %s', async (where) => {
    const isRetry = command.startsWith('retry')
    const script: Script = isRetry
      ? { by: 'clock', jobs: [{ name: 'a', stage: 'a', ends: 'failed', endsAfterRetry: 'failed' }] }
      : bad
    const { code, stderr } = await type(`${command} --progress none --logs none`, where, script)
    expect(code).toBe(3)
    expect(stderr).toMatch(
      /^gitlab-trigger: Pipeline 4711 failed: .*\n(Pipeline 4711 was created\.\n)?See http/,
    )
  })
})

describe('what ends well is silent in cron', () => {
  // prettier-ignore
  const lines: [line: string, script?: Script][] = [
    ['--ref master'], ['--ref master --jobs'], ['--ref master --json'], ['--ref master --events'],
    ['--ref master --wait'], ['--ref master --wait --events'], ['--ref master --follow'], ['--ref master --follow --events'],
    ['--ref master --wait --logs none'], ['--ref master --wait --on-manual pass', { by: 'clock', manual: ['run_tests'] }],
    ['--ref master --wait --play run_tests', { by: 'clock', manual: ['run_tests'] }],
    ['--ref master --follow', { by: 'clock', jobs: [{ name: 'lint', stage: 'a', ends: 'failed', allowFailure: true }] }],
    ['wait 4711'], ['wait 4711 --json'], ['wait 4711 --events'], ['wait 4711 4711'],
    ['retry 4711'], ['retry 4711', bad], ['retry 4711 --wait', bad], ['retry 4711 --follow', bad], ['retry 4711 --wait --json', bad],
    ['cancel 4711'], ['cancel 4711', { by: 'clock', job: { run_tests: { runs: 9999 } } }], ['cancel 4711 --json'],
    ['play 4711 run_tests', { by: 'clock', manual: ['run_tests'] }],
    ['status 4711'], ['logs 4711'], ['logs 4711 --failed'], ['logs 4711 -f'], ['pipelines'], ['refs'], ['projects app'], ['tokens list'],
  ]
  test.each(lines)('%s %j', async (line, script = good) => {
    const { code, stderr } = await type(line, 'cron', script)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test('a job below that failed is named in a warning, its log is not printed', async () => {
    const jobs = [{ name: 'pages', stage: 'x', ends: 'failed' }]
    const docs = { name: 'docs', stage: 'a', downstream: { jobs } }
    const below: Script = { by: 'clock', jobs: [docs, { name: 'slow', stage: 'b', runs: 60 }] }
    const watched = await type('--ref master --follow', 'ci', below)
    expect(watched.stderr).toContain('docs > pages failed (script_failure)')
    expect((await type('--ref master --follow', 'cron', below)).stderr).toMatch(
      /^warning: [^\n]*downstream[^\n]*\n$/,
    )
    const asked = await type('--ref master --follow --logs failed', 'cron', below)
    expect(asked.stderr).toContain('docs > pages failed (script_failure)')
  })

  test('with --json the id is not only in an object that may never come', async () => {
    const { stderr } = await type('--ref master --wait --json --play run_tests', 'cron', {
      by: 'clock',
      manual: ['run_tests'],
    })
    expect(stderr).toMatch(/^Pipeline 4711 \(ref master\): created http\S+\n$/)
  })
})

describe('beside other flags', () => {
  test('--follow --progress none: the logs were asked for', async () => {
    const { stderr } = await type('--ref master --follow --progress none', 'terminal')
    expect(stderr).toMatch(/^\[run_tests\] /m)
    expect(voice(stderr)).toBe('none')
    expect(stderr).not.toMatch(/^Pipeline/m)
  })

  test('--json: on stdout one object, on stderr what was asked for', async () => {
    const { stdout, stderr } = await type('--ref master --wait --json --progress lines', 'cron')
    expect(JSON.parse(stdout)).toMatchObject({ id: 4711, status: 'success' })
    expect(voice(stderr)).toBe('lines')
    expect((await type('--ref master --wait --json --progress none', 'ci')).stderr).toBe('')
  })

  test('--events: on stderr a view only where it was asked for', async () => {
    expect((await type('wait 4711 --events', 'ci')).stderr).toBe(
      `Pipeline 4711 (ref master): success ${url()}\n`,
    )
  })

  test('--events --progress lines: on stderr the lines too', async () => {
    const { stdout, stderr } = await type('--ref master --wait --events --progress lines', 'ci')
    expect(voice(stderr)).toBe('lines')
    expect(stdout).toMatch(/^(\{.*\}\n)+$/)
  })

  test('--verbose says what it says, also with none', async () => {
    const { stderr } = await type('--ref master --wait --verbose --progress none', 'ci')
    expect(stderr).toMatch(/^POST http.* 201$/m)
    expect(voice(stderr)).toBe('none')
  })

  test('warnings are told, also with none', async () => {
    const { tokens } = gitlab()
    const { stderr } = await type(`--ref master --wait --progress none --token ${tokens.trigger}`, 'ci')
    expect(stderr).toMatch(/^warning: --token [^\n]*\n$/)
  })

  test('no seconds are counted where no tree shows them', async () => {
    const slow: Script = { by: 'clock', job: { run_tests: { runs: 300 } } }
    const withTree = await type('--ref master --wait', 'terminal', slow)
    const withLines = await type('--ref master --wait --progress lines', 'terminal', slow)
    expect(withTree.world.sleeps.length).toBeGreaterThan(2 * withLines.world.sleeps.length)
  })
})

describe('what is refused', () => {
  test.each(['--ref master --wait --progress fancy', 'wait 4711 --progress fancy', 'wait 4711 --progress='])(
    '%s',
    async (line) => {
      const { code, stderr } = await run(line, environment(gitlab()))
      expect(code).toBe(2)
      expect(stderr).toMatch(/^gitlab-trigger: --progress: ("fancy"|it) is not one of tree, lines, none\n/)
      expect(gitlab().requests).toEqual([])
    },
  )

  test.each(['--ref master --progress none', 'retry 4711 --progress lines'])(
    'where nothing is followed: %s',
    async (line) => {
      const { code, stderr } = await run(line, environment(gitlab()))
      expect(code).toBe(2)
      expect(stderr).toContain('--progress needs --wait or --follow')
      expect(gitlab().requests).toEqual([])
    },
  )
})

describe('in a recipe', () => {
  const own = useGitlab({ paceMs: 0 })
  const home = useHome()
  const typed = (
    line: string,
    recipe: string,
    env: Record<string, string> = { CI: 'true' },
  ): ReturnType<typeof run> => {
    const { url: base, tokens } = own()
    const lines = [`recipes:`, `  r: { project: 9, ref: master, ${recipe} }`]
    home().config(
      `${serverYaml({ url: base }, `tokenEnv: T`, `apiToken: ${tokens.api}`)}\n${lines.join('\n')}`,
    )
    return run(line, home().world({ env: { T: tokens.trigger, ...env } }))
  }

  // prettier-ignore
  const rows: [recipe: string, line: string, voice: ReturnType<typeof voice>][] = [
    ['wait: true', 'run r', 'lines'],
    ['wait: true, progress: none', 'run r', 'none'],
    ['wait: true, progress: none', 'run r --progress lines', 'lines'],
    ['wait: true, progress: lines', 'run r', 'lines'],
    ['wait: true, progress: lines', 'run r -q', 'none'],
  ]
  test.each(rows)('%s: %s', async (recipe, line, expected) => {
    const { code, stderr } = await typed(line, recipe)
    expect({ code, voice: voice(stderr) }).toEqual({ code: 0, voice: expected })
  })

  test('where nothing is followed it means nothing', async () => {
    expect((await typed('run r', 'progress: none')).stderr).toMatch(
      /^Pipeline 4711 \(ref master\): created http\S+\n$/,
    )
  })

  test('another word: exit 14', async () => {
    const { code, stderr } = await typed('run r', 'wait: true, progress: fancy')
    expect(code).toBe(14)
    expect(stderr).toMatch(/progress.*tree, lines/)
  })

  test('a printed schedule repeats it', async () => {
    const { stdout } = await typed('schedule gitlab-ci r', 'wait: true, progress: none')
    expect(stdout).toContain('--progress none')
  })
})
