import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { startSandbox, type JobPlan, type Script } from '../../src/sandbox/server.ts'
import { parseGlob } from '../../src/reports/artifacts/glob.ts'
import { whenStalled } from '../helpers/clock.ts'
import { environment } from '../helpers/gitlab.ts'
import { useReports, type ReportOptions } from '../helpers/reports.ts'
import { runIn, type Result } from '../helpers/run.ts'
import { newWorld, start } from '../helpers/world.ts'
import { zipOf } from '../helpers/zip.ts'

const { gitlab, at, type } = useReports()
const out = (...parts: string[]): string => at('out', ...parts)

/** Files below the folder, sorted. */
const files = (): string[] =>
  existsSync(out())
    ? readdirSync(out(), { recursive: true, encoding: 'utf8' })
        .filter((name) => statSync(out(name)).isFile())
        .sort()
    : []

const archive = zipOf(
  { name: 'README.md', data: 'read' },
  { name: 'dist/a.txt', data: 'a' },
  { name: 'dist/b.xml', data: 'bb' },
  { name: 'dist/deep/c.xml', data: 'ccc' },
)
const all = ['README.md', 'dist/a.txt', 'dist/b.xml', 'dist/deep/c.xml']
const below = (folder: string, names = all): string[] => names.map((name) => `${folder}/${name}`)

const job = (name: string, more: Partial<JobPlan> = {}): JobPlan => ({
  name,
  stage: 'build',
  archive,
  ...more,
})
const child = (name: string, jobs: JobPlan[], project?: number): JobPlan => ({
  name,
  stage: 'z',
  downstream: { depend: true, jobs, ...(project !== undefined && { project }) },
})
const jobs = [job('build'), job('test'), { name: 'lint', stage: 'build' }, child('deploy', [job('unit')])]

/** Fetches from a finished pipeline of these jobs, 4711. */
function fetched(
  flags: string | readonly string[],
  script: Script = { jobs },
  options: ReportOptions = {},
): Promise<Result> {
  gitlab().script('master', { by: 'clock', ...script })
  gitlab().addPipeline()
  const words = typeof flags === 'string' ? flags.split(' ').filter(Boolean) : flags
  return type(['artifacts', '4711', '--to', 'out', ...words], options)
}

describe('what is fetched', () => {
  const folders = { build: 'build', test: 'test', unit: 'deploy/unit' }
  // prettier-ignore
  const rows: [flags: string[], folders: (keyof typeof folders)[]][] = [
    [[], ['build', 'test', 'unit']],
    [['--job', 'build'], ['build']],
    [['--job', 'unit'], ['unit']],
    [['--job', 'deploy > unit'], ['unit']],
    [['--job', 'test', '--job', 'build'], ['build', 'test']],
    [['--job', '9001'], ['build']],
    [['--job', 'build', '--job', '9001'], ['build']],
  ]
  test.each(rows)('%j', async (flags, names) => {
    const { code, stdout, stderr } = await fetched(flags)
    expect(code).toBe(0)
    expect(stdout).toBe(names.map((name) => `${out(folders[name])}\n`).join(''))
    expect(files()).toEqual(names.flatMap((name) => below(folders[name])).sort())
    expect(stderr).toContain(
      `Unpacked the artifacts of ${names.length} job${names.length > 1 ? 's' : ''} into ${out()}.\n`,
    )
  })

  // prettier-ignore
  const urls: [word: string, files: string[]][] = [
    ['#4711', [...below('build'), ...below('deploy/unit'), ...below('test')]],
    ['URL/seed/app/-/pipelines/4711', [...below('build'), ...below('deploy/unit'), ...below('test')]],
    ['URL/api/v4/projects/9/pipelines/4711', [...below('build'), ...below('deploy/unit'), ...below('test')]],
    ['URL/seed/app/-/jobs/9001', below('build')],
    ['URL/api/v4/projects/9/jobs/9002', below('test')],
  ]
  test.each(urls)('of %s', async (word, expected) => {
    gitlab().script('master', { by: 'clock', jobs })
    gitlab().addPipeline()
    const { code } = await type(['artifacts', word.replace('URL', gitlab().url), '--to', 'out'])
    expect({ code, files: files() }).toEqual({ code: 0, files: expected })
  })

  // prettier-ignore
  const missing: [flags: string[], says: string, files: string[]][] = [
    [['--job', 'lint'], 'job lint has no artifacts', []],
    [['--job', 'lint', '--job', 'build'], 'job lint has no artifacts', below('build')],
    [['--job', '77', '--job', 'build'], 'there is no job 77 (its jobs: build, test, lint, deploy > unit)', below('build')],
  ]
  test.each(missing)('%j: exit 11, what is missing is named', async (flags, says, there) => {
    const { code, stderr } = await fetched(flags)
    expect({ code, files: files() }).toEqual({ code: 11, files: there })
    expect(stderr).toContain(`gitlab-trigger: ${says}\n`)
    expect(stderr).toContain('Fetching again would give the same result.\n')
  })

  test.each([
    ['--job x', '--job: pipeline 4711 has no job "x"\nIts jobs: '],
    ['--job 77', '--job: pipeline 4711 has no job "77"\nIts jobs: '],
    ['--path **/*.nope', '--path: no file of these artifacts matches **/*.nope\nCorrect the pattern.\n'],
  ])('%s names nothing: exit 2, as logs says', async (flags, says) => {
    const { code, stderr } = await fetched(flags)
    expect({ code, files: files() }).toEqual({ code: 2, files: [] })
    expect(stderr).toContain(`gitlab-trigger: ${says}`)
  })

  // prettier-ignore
  const gone: [name: string, jobs: JobPlan[], says: RegExp, files: string[]][] = [
    ['no job has any', [{ name: 'lint', stage: 'a' }], /: no job has artifacts\n/, []],
    ['some have expired', [job('a', { artifactsExpireInMs: 0 }), job('b')], /: the artifacts of job a expired on 2026-11-22 12:00 UTC\n/, below('b')],
    ['some is hostile', [job('a', { archive: undefined as never, artifacts: 'evil' })], /: job a: left out: \.\.\/escape \(it would leave the folder\); /, ['a/good.txt']],
    ['one is no archive', [job('a', { archive: Buffer.from('<html>') }), job('b')], /: job a: it is not a whole zip file/, below('b')],
  ]
  test.each(gone)('%s: exit 11, the rest is there', async (_, plans, says, there) => {
    const { code, stderr } = await fetched('', { jobs: plans })
    expect({ code, files: files() }).toEqual({ code: 11, files: there })
    expect(stderr).toMatch(says)
  })

  test('what is downstream and may not be read is named: exit 11', async () => {
    gitlab().failNext({
      kind: 'answer',
      path: 'projects/11/pipelines',
      status: 403,
      body: '{"message":"403 Forbidden"}',
    })
    const { code, stderr } = await fetched('', { jobs: [job('a'), child('private', [job('b')], 11)] })
    expect({ code, files: files() }).toEqual({ code: 11, files: below('a') })
    expect(stderr).toContain(': artifacts of pipeline 4712 below private are not fetched: 403 Forbidden\n')
    expect(stderr).toMatch(
      /To fetch again, into a new folder:\n {2}gitlab-trigger artifacts --server http:\S+ --project 9 --to \S+\/out-again 4711\n/,
    )
  })

  test('of a failed pipeline, and of a job that a retry has replaced, by its id', async () => {
    gitlab().script('master', { by: 'clock', jobs: [job('a', { ends: 'failed' })] })
    gitlab().addPipeline()
    expect(await type('artifacts 4711 --to out')).toMatchObject({ code: 0 })
    await type('retry 4711')
    const { code, stdout } = await type('artifacts 4711 --job 9001 --to old')
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${at('old', 'a-9001')}\n` })
  })

  test('API v3: of builds', async () => {
    const old = await startSandbox({ now: () => start, paceMs: 0, gitlab: '8.17' })
    old.script('master', { by: 'clock', jobs: [job('a')] })
    const { id } = old.addPipeline()
    const env = {
      ...environment(old).env,
      GITLAB_TRIGGER_API_TOKEN: old.tokens.api,
      GITLAB_TRIGGER_PROJECT: 'seed/app',
    }
    const { code, stderr } = await runIn(newWorld({ env, cwd: at() }), [
      'artifacts',
      String(id),
      '--to',
      'out',
    ])
    await old.close()
    expect({ code, stderr, files: files() }).toEqual({ code: 0, stderr: '', files: below('a') })
  })
})

describe('--path', () => {
  // prettier-ignore
  const rows: [globs: string[], files: string[]][] = [
    [['README.md'], ['README.md']], [['*'], ['README.md']], [['*.xml', 'dist/*.xml'], ['dist/b.xml']],
    [['**/*.xml'], ['dist/b.xml', 'dist/deep/c.xml']], [['dist/**'], all.slice(1)], [['dist/'], all.slice(1)], [['./dist/?.txt'], ['dist/a.txt']],
    [['dist/[ab].*'], ['dist/a.txt', 'dist/b.xml']], [['dist/[!a].*'], ['dist/b.xml']], [['**'], all], [['README.md', 'README.md'], ['README.md']],
  ]
  test.each(rows)('%j', async (globs, expected) => {
    const isAll = globs.every((glob) => glob !== '*.xml')
    const { code } = await fetched(
      globs.flatMap((glob) => ['--path', glob]),
      { jobs: [job('build')] },
    )
    expect({ code, files: files() }).toEqual({ code: isAll ? 0 : 11, files: below('build', expected) })
  })

  test('what matches nothing is said: exit 11; what matches is there, and no folder without files', async () => {
    const plans = [job('a'), job('b', { archive: zipOf({ name: 'only.txt', data: 'o' }) })]
    const { code, stdout, stderr } = await fetched('--path dist/*.txt --path *.none --path x/**', {
      jobs: plans,
    })
    expect({ code, stdout, files: files() }).toEqual({
      code: 11,
      stdout: `${out('a')}\n`,
      files: ['a/dist/a.txt'],
    })
    expect(stderr).toContain(
      ': no file of these artifacts matches *.none; no file of these artifacts matches x/**\n',
    )
    expect(readdirSync(out())).toEqual(['a'])
  })

  test('what is left out and does not match is not told', async () => {
    const plans = [job('a', { archive: zipOf({ name: '../escape' }, { name: 'good', data: 'g' }) })]
    expect(await fetched('--path good', { jobs: plans })).toMatchObject({ code: 0 })
    expect(files()).toEqual(['a/good'])
  })

  // prettier-ignore
  const patterns: [pattern: string, name: string, matches: boolean][] = [
    ['*', 'a/b', false], ['*', '.hidden', true], ['a*c', 'abbc', true], ['a*c', 'ab/c', false], ['a?c', 'a/c', false], ['a?c', 'a😀c', true],
    ['**/x', 'x', true], ['**/x', 'a/b/x', true], ['**/x', 'a/xx', false], ['a/**', 'a', false], ['a/**', 'a/b/c', true], ['a/**/b', 'a/b', true], ['a/**/b', 'a/x/y/b', true],
    ['a/**/b', 'b', false], ['**/a/**', 'x/a/y', true], ['a**b', 'axxb', true], ['a**b', 'a/b', false], ['[abc]', 'b', true], ['[a-c]', 'd', false], ['[!a-c]', 'd', true],
    ['[^a-c]', 'a', false], ['[!a]', '/', false], ['[]]', ']', true], ['[a-]', '-', true], ['[a', '[a', true], ['\\*', '*', true], ['\\*', 'a', false], ['a\\\\b', 'a\\b', true],
    ['a.b', 'axb', false], ['a+(b)|c$^{d}', 'a+(b)|c$^{d}', true], ['A', 'a', false], ['ü', 'ü', true],
  ]
  test.each(patterns)('%j of %j: %s', (pattern, name, matches) => {
    expect(parseGlob(pattern)?.matches(name)).toBe(matches)
  })

  test('a pattern that tries everything is answered at once', () => {
    const name = `${`${'a'.repeat(40)}/`.repeat(60)}c`
    expect(parseGlob(`${'**/*a*/'.repeat(20)}*b`)?.matches(name)).toBe(false)
  })
})

describe('a pipeline that is not over', () => {
  const running: JobPlan[] = [job('build'), job('long', { runs: 1000 }), job('later', { stage: 'z' })]
  const script: Script = { jobs: running }

  /** Fetches while the second job runs. */
  async function early(...flags: string[]): Promise<Result> {
    const slow = await startSandbox({ now: () => start, paceMs: 1000 })
    slow.script('master', { by: 'clock', ...script })
    slow.addPipeline({ createdAt: start - 60_000 })
    const { env = {} } = environment(slow, { GITLAB_TRIGGER_API_TOKEN: slow.tokens.api })
    const result = await runIn(newWorld({ env, cwd: at() }), ['artifacts', '4711', '--to', 'out', ...flags])
    await slow.close()
    return result
  }

  test('what is there is fetched, the jobs that are not over are named: exit 11', async () => {
    const { code, stdout, stderr } = await early()
    expect({ code, stdout, files: files() }).toEqual({
      code: 11,
      stdout: `${out('build')}\n`,
      files: below('build'),
    })
    expect(stderr).toContain(
      ': these jobs have not finished, and may still produce artifacts: long (running), later (created)\n',
    )
    expect(stderr).toMatch(
      /^To fetch again, into a new folder: gitlab-trigger artifacts --server http:\S+ --project 9 --to \S+\/out-again 4711\. To wait first: gitlab-trigger wait --server http:\S+ --project 9 4711$/m,
    )
  })

  test('of a job that is over it has all that was asked for', async () => {
    expect(await early('--job', 'build')).toMatchObject({ code: 0, stderr: '' })
    expect(files()).toEqual(below('build'))
  })

  test('of a job that is not over it has nothing', async () => {
    const { code, stderr } = await early('--job', 'long', '--json')
    expect(code).toBe(11)
    expect(stderr).toContain(
      'gitlab-trigger: these jobs have not finished, and may still produce artifacts: long (running)\n',
    )
  })
})

describe('--json', () => {
  test('what was written, of each job', async () => {
    const spoiled = zipOf({ name: '../x' }, { name: 'x', data: 'four' }, { name: 'a\\b', data: '1' })
    const { code, stdout } = await fetched('--json', {
      jobs: [job('build'), child('deploy', [job('unit', { archive: spoiled })])],
    })
    expect(code).toBe(11)
    const { web_url: webUrl, ...object } = JSON.parse(stdout) as Record<string, unknown>
    expect(webUrl).toBe(`${gitlab().url}/seed/app/-/pipelines/4711`)
    expect(object).toEqual({
      ...{ id: 4711, project_id: 9, status: 'success', to: out() },
      artifacts: [
        { job_id: 9001, job: 'build', path: out('build'), files: 4, bytes: 10, left_out: [] },
        {
          ...{ job_id: 9003, job: 'deploy > unit', path: out('deploy', 'unit'), files: 2, bytes: 5 },
          left_out: [{ name: '../x', reason: 'it would leave the folder' }],
        },
      ],
      warnings: [],
      exit_code: 11,
      error: {
        message: 'job deploy/unit: left out: ../x (it would leave the folder)',
        hint: 'Fetching again would give the same result.',
      },
    })
  })

  test('warnings, and all that was left out', async () => {
    const many = zipOf(
      { name: Buffer.from([0x94]), flags: 0 },
      ...Array.from({ length: 30 }, (_, index) => ({ name: `../${index}` })),
    )
    const { stdout, mail } = await fetched('--json', { jobs: [job('a', { archive: many })] })
    const { artifacts, warnings } = JSON.parse(stdout) as {
      artifacts: { left_out: unknown[] }[]
      warnings: unknown
    }
    expect(warnings).toEqual(['job a: names that are not UTF-8 were read as code page 437.'])
    expect(artifacts[0]?.left_out).toHaveLength(30)
    expect(mail).toContain('warning: job a: names that are not UTF-8 were read as code page 437.\n')
  })
})

test('--quiet: nothing on success', async () => {
  expect(await fetched('--quiet')).toMatchObject({ code: 0, stdout: '', stderr: '' })
  expect(files()).toHaveLength(12)
})

describe('before anything is sent', () => {
  // prettier-ignore
  const refused: [flags: string[], says: RegExp][] = [
    [[], /: no folder given to put the artifacts in\nGive one with --to FOLDER\.\n/],
    [['--to', ''], /: --to: the path is empty/],
    [['--to', '-'], /: --to: "-" is not a file to write/],
    [['--to', 'full'], /: --to: cannot use .*full: it is not empty/],
    [['--to', 'file'], /: --to: cannot use .*file: it is not a folder/],
    [['--to', 'out', '--job', ' '], /: --job: the name is empty/],
    [['--to', 'out', '--path', ''], /: --path: "" is not a valid pattern/],
    [['--to', 'out', '--path', './'], /: --path: ".\/" is not a valid pattern/],
    [['--to', 'out', '--path', '[z-a]'], /: --path: "\[z-a\]" is not a valid pattern/],
    [['--to', 'out', '--max-size', 'much'], /: --max-size: "much" is not a size/],
    [['--to', 'out', '--json', '--quiet'], /--json/],
    [['--to', 'out', '4712'], /too many|unexpected|too much/],
  ]
  test.each(refused)('%j is refused', async (flags, says) => {
    mkdirSync(at('full'))
    writeFileSync(at('full', 'mine'), 'kept')
    writeFileSync(at('file'), 'kept')
    const { code, stderr } = await type(['artifacts', '4711', ...flags])
    expect(code).toBe(2)
    expect(stderr).toMatch(says)
    expect(gitlab().requests).toEqual([])
    expect(readFileSync(at('full', 'mine'), 'utf8')).toBe('kept')
    expect(existsSync(at('out'))).toBe(false)
  })
})

test('--max-size names itself where it is too small', async () => {
  const { code, stderr } = await fetched('--max-size 5', { jobs: [job('a')] })
  expect({ code, files: files() }).toEqual({ code: 11, files: [] })
  expect(stderr).toContain(
    ': job a: it would become more than 5 bytes, as a zip bomb does; --max-size SIZE allows more\n',
  )
})

// prettier-ignore
const ends: [name: string, path: string | RegExp, status: number, code: number, says: RegExp][] = [
  ['a pipeline that is not there', '/pipelines/4711', 404, 4, /pipeline 4711 of project 9 cannot be read/],
  ['a pipeline that may not be read', '/pipelines/4711', 403, 4, /pipeline 4711 of project 9 cannot be read/],
  ['a pipeline that is not told of', '/pipelines/4711', 500, 6, /pipeline 4711 of project 9 could not be read/],
  ['its jobs that may not be read', '/pipelines/4711/jobs', 403, 11, /its jobs may not be read: 403/],
  ['an archive that may not be read', /\/artifacts$/, 403, 11, /job a: 403 Refused/],
]
test.each(ends)('%s (%s, %i): exit %i', async (_, path, status, expected, says) => {
  for (let count = 0; count < 99; count++)
    gitlab().failNext({ kind: 'answer', path, status, body: `{"message":"${status} Refused"}` })
  const { code, stderr } = await fetched('', { jobs: [job('a')] })
  expect({ code, files: files() }).toEqual({ code: expected, files: [] })
  expect(stderr).toMatch(says)
})

test('an interrupt ends it and leaves nothing half', async () => {
  gitlab().failNext({ path: /\/artifacts$/, kind: 'stall' })
  const { code, stderr } = await fetched(
    '',
    { jobs: [job('a')] },
    {
      prepare: (world) => {
        whenStalled(gitlab(), () => {
          world.interrupt('SIGINT')
        })
      },
    },
  )
  expect(code).toBe(130)
  expect(stderr).toContain('stopped by SIGINT')
  expect(readdirSync(out())).toEqual([])
})
