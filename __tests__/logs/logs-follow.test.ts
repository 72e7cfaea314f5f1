import type { GitlabVersion, JobPlan, Sandbox, Script } from '../../src/sandbox/server.ts'
import { startSandbox } from '../../src/sandbox/server.ts'
import { run, runIn, type Result } from '../helpers/run.ts'
import { newWorld, start, type World, type WorldOptions } from '../helpers/world.ts'

/** A sandbox with one pipeline, 4711, that follows a script. */
async function against<T>(
  gitlab: GitlabVersion,
  script: Script,
  use: (sandbox: Sandbox, options: (more?: WorldOptions) => WorldOptions) => Promise<T>,
): Promise<T> {
  const sandbox = await startSandbox({ now: () => start, paceMs: 0, gitlab })
  sandbox.script('master', script)
  sandbox.addPipeline()
  const env = {
    GITLAB_TRIGGER_SERVER: sandbox.url,
    GITLAB_TRIGGER_PROJECT: '9',
    GITLAB_TRIGGER_API_TOKEN: sandbox.tokens.api,
    GITLAB_TRIGGER_TOKEN: sandbox.tokens.trigger,
  }
  try {
    return await use(sandbox, (more = {}) => ({ ...more, env: { ...env, ...more.env } }))
  } finally {
    await sandbox.close()
  }
}

/** Called with the bytes that go to stdout. */
function onBytes({ context: { stdout } }: World, look: (bytes: Buffer) => void): void {
  const writeBytes = stdout.writeBytes.bind(stdout)
  stdout.writeBytes = (bytes) => {
    look(bytes)
    return writeBytes(bytes)
  }
}

/** The queries of the requests for the log of a job. */
const traces = ({ requests }: Sandbox, job: number): string[] =>
  requests.flatMap(({ path }) => path.split(`s/${job}/trace`).slice(1))

const long = Array.from({ length: 300 }, (_, index) => `line ${index} größe\r\n`).join('')

const growing: Script = { jobs: [{ name: 'build', stage: 'build', runs: 12, log: { text: long } }] }

/** Offsets work, they are ignored, and v3. */
const versions: GitlabVersion[] = ['19', '18.9', '10.3', '8.17']

describe.each(versions)('a log that grows, GitLab %s', (gitlab) => {
  test('comes as it grows, and no byte comes twice', () =>
    against(gitlab, growing, async (_, options) => {
      const world = newWorld(options())
      const seen: number[] = []
      onBytes(world, (bytes) => seen.push(bytes.length))
      const { code, stdout, stderr } = await runIn(world, 'logs 4711 -f --raw')
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toBe((await run('logs 4711 --raw', options())).stdout)
      expect(stdout.split('line ').length).toBe(301)
      expect(seen.length).toBeGreaterThan(3)
    }))

  test('goes on where connections broke', () =>
    against(gitlab, growing, async (sandbox, options) => {
      for (let index = 0; index < 6; index += 1) {
        sandbox.failNext({ kind: 'cut', path: '/trace' })
        sandbox.failNext({ kind: index % 2 === 0 ? 'reset' : 'answer', status: 502, path: '/trace' })
      }
      const { code, stdout } = await run('logs 4711 -f --raw', options())
      expect(code).toBe(0)
      expect(stdout).toBe((await run('logs 4711 --raw', options())).stdout)
      expect(stdout.split('line ').length).toBe(301)
    }))

  test('when all of it was cut again and again', () =>
    against(gitlab, { ...growing, by: 'clock' }, async (sandbox, options) => {
      for (let index = 0; index < 5; index += 1) sandbox.failNext({ kind: 'cut', path: '/trace' })
      const { code, stdout } = await run('logs 4711 --raw', options())
      expect(code).toBe(0)
      expect(stdout).toBe((await run('logs 4711 --raw', options())).stdout)
      expect(stdout.split('line ').length).toBe(301)
    }))
})

test('a server that honours offsets is asked once whether it does, and then for new bytes only', () =>
  against(
    '19',
    { jobs: ['a', 'b'].map((name): JobPlan => ({ name, stage: 'x', runs: 8, log: { text: long } })) },
    async (sandbox, options) => {
      await run('logs 4711 -f', options())
      const all = [...traces(sandbox, 9001), ...traces(sandbox, 9002)]
      const probes = all.filter((query) => query.includes('byte_limit'))
      expect(probes).toEqual(['?byte_offset=0&byte_limit=1'])
      expect(all.filter((query) => query === '')).toHaveLength(2)
      expect(all.length).toBeGreaterThan(8)
    },
  ))

test('a server that does not is asked for all of it less often the larger it is', async () => {
  const counts = await Promise.all(
    [1, 4_000_000].map((length) => {
      const jobs: JobPlan[] = [{ name: 'build', stage: 'build', runs: 40, log: { text: 'x'.repeat(length) } }]
      return against('10.3', { jobs }, async (sandbox, options) => {
        const { code, stdout } = await run('logs 4711 -f --raw --poll-interval 250ms', options())
        expect(code).toBe(0)
        expect(stdout.length).toBeGreaterThan(length)
        return traces(sandbox, 9001).length
      })
    }),
  )
  expect(counts[0]).toBeGreaterThan(30)
  expect(counts[1]).toBeLessThan(15)
})

test('an answer that is shorter in between is looked at again, and nothing comes twice', () =>
  against('10.3', growing, async (sandbox, options) => {
    const world = newWorld(options())
    let count = 0
    onBytes(world, () => {
      count += 1
      if (count === 2) {
        for (let index = 0; index < 2; index += 1)
          sandbox.failNext({ kind: 'answer', status: 200, body: 'erased', path: '/trace' })
      }
    })
    const { code, stdout } = await runIn(world, 'logs 4711 -f')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Running with/)
    expect(stdout).not.toContain('erased')
    expect(stdout.split('line ').length).toBe(301)
  }))

test('of a long log only the end is read, where the server can do that', async () => {
  const script: Script = {
    by: 'clock',
    jobs: [{ name: 'build', stage: 'build', ends: 'failed', log: { bytes: 3_000_000 } }],
  }
  const ends = await Promise.all(
    versions.map((gitlab) =>
      against(gitlab, script, async (sandbox, options) => {
        const { code, stdout } = await run('logs 4711 --failed --lines 4', options())
        const [head, ...lines] = stdout.trimEnd().split('\n')
        expect(head).toMatch(/^build failed( \(script_failure\))?, the last 4 lines of its log/)
        expect(lines).toEqual([
          expect.stringMatching(/^warning: no symbols in build\/module_01\.o .{400,}$/),
          '  25 files compiled, 1 warning',
          'make: *** [build] Error 1',
          'ERROR: Job failed: exit code 1',
        ])
        return [code, gitlab, traces(sandbox, 9001).at(-1)]
      }),
    ),
  )
  expect(ends).toEqual([
    [0, '19', expect.stringMatching(/^\?byte_offset=\d{7}$/)],
    [0, '18.9', ''],
    [0, '10.3', ''],
    [0, '8.17', ''],
  ])
})

const several: readonly JobPlan[] = [
  { name: 'build it', stage: 'a', runs: 3, log: { text: 'one\n::error::evil\n' } },
  {
    name: 'docs',
    stage: 'a',
    runs: 3,
    downstream: { project: 10, jobs: [{ name: 'pages', stage: 'x', runs: 2, log: { text: 'below\n' } }] },
  },
  { name: 'unit', stage: 'b', runs: 2, ends: 'failed', log: { text: 'two\n' } },
]

describe('several jobs', () => {
  test('each line stands behind its job, also of what is downstream', () =>
    against('18.9', { jobs: several }, async (_, options) => {
      const { code, stdout } = await run('logs 4711 -f', options())
      const names = stdout
        .trimEnd()
        .split('\n')
        .map((line) => /^\[([^\]]+)\] /.exec(line)?.[1])
      expect([code, new Set(names)]).toEqual([0, new Set(['build it', 'docs > pages', 'unit'])])
      expect(stdout).toContain('[docs > pages] below\n')
    }))

  test('only named ones; the end of the last of them is the end', () =>
    against(
      '18.9',
      { jobs: [...several, { name: 'slow', stage: 'c', runs: 500 }] },
      async (sandbox, options) => {
        const { code, stdout } = await run(['logs', '4711', '-f', '--job', 'build it'], options())
        expect([code, stdout.split('\n').at(-2)]).toEqual([0, 'Job succeeded'])
        expect(stdout).not.toContain('two')
        expect(sandbox.requests.length).toBeLessThan(60)
      },
    ))

  test('a name that never comes', () =>
    against('18.9', { jobs: several }, async (_, options) => {
      const { code, stderr } = await run('logs 4711 -f --job units', options())
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/pipeline 4711 has no job "units"\nDid you mean unit\?/),
      ])
    }))

  test('a failed job that a retry replaces meanwhile is shown to its end', () =>
    against(
      '18.9',
      {
        jobs: [
          { name: 'unit', stage: 'b', runs: 2, ends: 'failed', log: { text: 'two\n' } },
          { name: 'slow', stage: 'b', runs: 30 },
        ],
        others: [{ at: 6, do: 'retry', job: 'unit' }],
      },
      async (_, options) => {
        const { stdout } = await run('logs 4711 -f', options())
        expect(stdout.match(/\[unit\] two\n/g)).toHaveLength(2)
        expect(stdout).toContain('[unit] ERROR: Job failed: exit code 1\n')
      },
    ))

  test('in a job of GitLab CI: one after the other, each in a section', () =>
    against('18.9', { jobs: several }, async (_, options) => {
      const { stdout } = await run('logs 4711 -f', options({ env: { GITLAB_CI: 'true' } }))
      const mark = /\x1b\[0Ksection_(start|end):\d+:job_\d+_([\w.-]+)(?:\[collapsed=true\])?\r\x1b\[0K/g
      const marks = [...stdout.matchAll(mark)].map(([, kind, name]) => `${kind} ${name}`)
      expect(marks).toHaveLength(6)
      expect(marks.filter((_, index) => index % 2 === 0).sort()).toEqual([
        'start build_it',
        'start docs_pages',
        'start unit',
      ])
      marks.forEach((text, index) => {
        if (index % 2 === 1) expect(text).toBe(marks[index - 1]?.replace('start', 'end'))
      })
      expect(stdout.replace(mark, '')).not.toMatch(/[\x00-\x08\x0b-\x1f]/)
    }))

  test('in GitHub Actions: one after the other, each in a group, and no log gives orders', () =>
    against('18.9', { jobs: several }, async (_, options) => {
      const { stdout } = await run('logs 4711 -f', options({ env: { GITHUB_ACTIONS: 'true' } }))
      const orders = stdout.split('\n').filter((line) => line.startsWith('::'))
      expect(orders.map((line) => line.replace(/: http.*/, ''))).toEqual(
        expect.arrayContaining(['::group::build it', '::group::docs > pages', '::endgroup::']),
      )
      expect(orders).toHaveLength(6)
      expect(stdout).toContain('\n: :error::evil\n')
    }))
})

// prettier-ignore
const orders: [log: string, shown: string, onlyIn?: string][] = [
  ['::set-env name=X::y', ': :set-env name=X::y'],
  [' \t ::add-mask::x', ' \t : :add-mask::x'],
  ['\u00a0\u3000::add-path::/evil', '\u00a0\u3000: :add-path::/evil'],
  ['\x1b[31m::error::x', ': :error::x'],
  ['a\r::endgroup::', 'a\n: :endgroup::'],
  ['text ##[add-path]/evil', 'text ## [add-path]/evil'],
  ['##[Group]x ###[error]y', '## [Group]x ### [error]y'],
  ['::group::x%0A::error::y', ': :group::x%0A::error::y'],
  ['std::string ::x', 'std::string ::x'],
  ['::1 localhost', '::1 localhost'],
  ['\x1b[0K::stop-commands::x', ': :stop-commands::x'],
  ['x ##vso[task.setvariable variable=PATH]/evil', 'x ## vso[task.setvariable variable=PATH]/evil'],
  ['##\x1b[1mVSO[task.complete]', '## VSO[task.complete]'],
  ["##teamcity[buildStatus text='x']##teamcity[x]", "## teamcity[buildStatus text='x']## teamcity[x]"],
  ["##octopus[setVariable name='x']", "## octopus[setVariable name='x']"],
  ['${x##[[:space:]]} # ## a[1] ## [x] ##', '${x##[[:space:]]} # ## a[1] ## [x] ##'],
  ['section_start:1:evil', 'section_start :1:evil'],
  ['sect\x1b[0Kion_end:1:evil\r\x1b[0Kx', 'x'],
  ['\x1b[8mha:////4AAAA==\x1b[0mx', 'ha:////4AAAA==x'],
  ['--- a/file', ' --- a/file', 'BUILDKITE'],
  ['\x1b[33m~~~ x', ' ~~~ x', 'BUILDKITE'],
  ['^^^ +++', ' ^^^ +++', 'BUILDKITE'],
  ['a --- b ---', 'a --- b ---', 'BUILDKITE'],
  ['travis_fold:start:x', 'travis_fold :start:x', 'TRAVIS'],
]

test.each(orders)('no CI system takes a log for an order: %j', (log, shown, onlyIn = '') =>
  against(
    '18.9',
    { by: 'clock', jobs: [{ name: 'build', stage: 'build', log: { text: `${log}\n` } }] },
    async (_, options) => {
      const lines = async (line: string, more?: WorldOptions): Promise<string> =>
        (await run(line, options(more))).stdout
          .replace(/^[^]*\$ make build\n/, '')
          .replace(/build: done[^]*/, '')
      const inCi = { env: { [onlyIn || 'GITHUB_ACTIONS']: 'true' } }
      expect(await lines('logs 4711 --job build', inCi)).toBe(`${shown}\n`)
      expect(await lines('logs 4711', inCi)).toBe(`${shown}\n`)
      // What was overwritten is no line of its own.
      expect(await lines('logs 4711 --lines 99', inCi)).toBe(`${shown.replace(/^a\n/, '')}\n`)
      const elsewhere = onlyIn === '' ? shown : log.replace('\x1b[33m', '')
      expect(await lines('logs 4711 --job build')).toBe(`${elsewhere}\n`)
      expect(await lines('logs 4711 --job build --raw')).toContain(log)
    },
  ),
)

describe('run --follow', () => {
  const follow = (script: Script, line: string, more?: WorldOptions): Promise<Result> =>
    against('18.9', script, (_, options) => run(`--ref master --follow ${line}`, options(more)))

  test('prints the last lines of failed jobs and where all of it is, on stderr', async () => {
    const { code, stdout, stderr } = await follow({ jobs: several }, '--log-lines 2')
    expect([code, stdout]).toEqual([3, '4712\n'])
    expect(stderr).toMatch(
      /^unit failed \(script_failure\), the last 2 lines of its log: http\S+\/-\/jobs\/\d+\nmake: \*\*\* \[build\] Error 1\nERROR: Job failed: exit code 1\n/m,
    )
    expect(stderr).not.toContain('[build it]')
  })

  // prettier-ignore
  test.each<[line: string, has: string[], hasNot: string[]]>([
    ['--logs all', ['[build it] one\n', '[unit] two\n', '[docs > pages] below\n'], []],
    ['--logs unit', ['\ntwo\n'], ['one\n', 'below\n']],
    ['--logs none', [], ['two\n', '\none\n', '] one\n', 'the last']],
    ['--logs nothing', ['--logs: there was no job "nothing" (its jobs: '], ['two\n']],
    ['--quiet', [], ['two\n', 'the last']],
  ])('%s', async (line, has, hasNot) => {
    const { stderr } = await follow({ jobs: several }, line)
    for (const text of has) expect(stderr).toContain(text)
    for (const text of hasNot) expect(stderr).not.toContain(text)
  })

  test('a job that may fail is shown only where that is no success', async () => {
    const jobs: readonly JobPlan[] = [{ name: 'lint', stage: 'a', ends: 'failed', allowFailure: true }]
    expect((await follow({ jobs }, '')).stderr).not.toContain('lint failed (script_failure), the last')
    expect((await follow({ jobs }, '--fail-on-warnings --log-lines 1')).stderr).toContain(
      'lint failed (script_failure), the last line',
    )
  })

  test('a stderr that cannot be written changes nothing (T74)', async () => {
    expect(await follow({ jobs: several }, '--logs all', { broken: { stderr: 'EPIPE' } })).toMatchObject({
      code: 3,
      stdout: '4712\n',
    })
  })
})
