import type { GitlabVersion } from '../../src/sandbox/server.ts'
import { apiEnvironment, jsonAnswer } from '../helpers/api.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { statesIn } from '../helpers/pipeline-sentences.ts'
import { run, type Result } from '../helpers/run.ts'

const versions: readonly GitlabVersion[] = ['8.17', '10.3', '18.9']

describe.each(versions)('GitLab %s', (version) => {
  const gitlab = useGitlab({ gitlab: version })
  const type = (line: string, tty: ('stdout' | 'stderr')[] = []): Promise<Result> =>
    run(line, apiEnvironment(gitlab(), {}, { tty }))
  beforeEach(() => {
    gitlab().addPipeline({ status: 'success' })
    gitlab().addPipeline({ ref: 'develop', status: 'failed', source: 'trigger' })
    gitlab().addPipeline({ status: 'failed' })
    gitlab().addPipeline({ project: 11, status: 'failed' })
    gitlab().addPipeline({ ref: 'v1.0.0', status: 'running' })
  })
  const ids = ({ stdout }: Result): string[] =>
    stdout.split('\n').flatMap((line) => line.split('\t').slice(0, 1).filter(Boolean))

  // prettier-ignore
  test.each<[flags: string, ids: string[]]>([
    ['', ['4715', '4713', '4712', '4711']],
    ['--ref master', ['4713', '4711']],
    ['-r refs/heads/master', ['4713', '4711']],
    ['-r refs/tags/v1.0.0', ['4715']],
    ['--ref nowhere', []],
    ['--status failed', ['4713', '4712']],
    ['--status failed --ref develop', ['4712']],
    ['--limit 1', ['4715']],
    ['--limit 1 --status success', ['4711']],
    ['--api auto', ['4715', '4713', '4712', '4711']],
  ])('pipelines %s', async (flags, found) => {
    const result = await type(`pipelines ${flags}`)
    expect({ code: result.code, ids: ids(result), stderr: result.stderr }).toEqual({ code: 0, ids: found, stderr: '' })
  })

  test('elsewhere than at a terminal each is a line of cells', async () => {
    const { stdout } = await type('pipelines --ref develop')
    const [id, status, ref, , created, sha] = stdout.trimEnd().split('\t')
    expect([id, status, ref]).toEqual(['4712', 'failed', 'develop'])
    expect(created).toMatch(/^2026-11-22T12:00:00Z$|^-$/)
    expect(sha).toMatch(/^[0-9a-f]{40}$/)
  })

  test('--json', async () => {
    const { code, stdout } = await type('pipelines --limit 2 --json')
    const { pipelines, ...rest } = JSON.parse(stdout) as { pipelines: unknown[] }
    expect({ code, rest }).toMatchObject({
      code: 0,
      rest: { project: '9', is_more: true, exit_code: 0, error: null },
    })
    expect(pipelines).toMatchObject([
      { id: 4715, ref: 'v1.0.0', status: 'running' },
      { id: 4713, ref: 'master' },
    ])
  })

  test('at a terminal there is a heading, and what is missing is said', async () => {
    const { stdout, stderr } = await type('pipelines --limit 1 --no-color', ['stdout', 'stderr'])
    expect(stdout.split('\n')[0]).toMatch(/^ID +STATUS +REF +SOURCE +CREATED +COMMIT$/)
    expect(stderr).toMatch(/newest 1; --limit shows more/)
    const empty = await type('pipelines --ref nowhere', ['stdout', 'stderr'])
    expect(empty).toMatchObject({ code: 0, stdout: '' })
    expect(empty.stderr).toMatch(/No pipelines match\./)
  })
})

describe('--source', () => {
  const now = useGitlab()
  const then = useGitlab({ gitlab: '8.17' })
  const between = useGitlab({ gitlab: '10.3' })

  test.each([
    ['trigger', '4712\n'],
    ['push', '4711\n'],
    ['web', ''],
  ])('%s', async (source, stdout) => {
    now().addPipeline()
    now().addPipeline({ source: 'trigger' })
    const result = await run(`pipelines --source ${source}`, apiEnvironment(now()))
    expect({ code: result.code, stdout: result.stdout.replace(/\t.*/g, '') }).toEqual({ code: 0, stdout })
  })

  test.each([
    ['API v3 does not tell it', then, 2, /--source: API v3 does not report/],
    ['a list without it', between, 5, /does not list the source/],
  ])('%s: said, never an unfiltered list', async (_, gitlab, code, says) => {
    gitlab().addPipeline({ source: 'push' })
    const result = await run('pipelines --source trigger', apiEnvironment(gitlab()))
    expect(result).toMatchObject({ code, stdout: '' })
    expect(result.stderr).toMatch(says)
  })
})

describe('what is no list', () => {
  const gitlab = useGitlab()

  // prettier-ignore
  test.each<[name: string, line: string, code: number, says: RegExp]>([
    ['an unknown status', '--status faild', 2, /--status: "faild" is not a status.*\nDid you mean failed\?/],
    ['an empty ref', '--ref=', 2, /--ref: it is empty/],
    ['a limit of none', '--limit 0', 2, /--limit: "0" is not a whole number above 0/],
    ['a source that GitLab does not know', '--source triger', 5, /source does not have a valid value/],
    ['no such project', '--project 404', 4, /pipelines of project 404 cannot be listed: 404/],
  ])('%s', async (_, line, code, says) => {
    const { stderr, ...result } = await run(`pipelines ${line}`, apiEnvironment(gitlab()))
    expect(result).toMatchObject({ code, stdout: '' })
    expect(stderr).toMatch(says)
    expect(statesIn(stderr)).toEqual([])
  })

  test.each([
    ['no list', { message: 'hello' }],
    ['entries without an id', [{ status: 'success' }]],
  ])('an answer with %s is not an empty list', async (_, body) => {
    gitlab().failNext(jsonAnswer('GET', '/pipelines', 200, body))
    const result = await run('pipelines', apiEnvironment(gitlab()))
    expect(result).toMatchObject({ code: 6, stdout: '' })
  })

  test('a job token may list them, and without any only those of a public project are', async () => {
    gitlab().addPipeline()
    const env = {
      CI: 'true',
      GITLAB_CI: 'true',
      CI_SERVER_URL: gitlab().url,
      CI_JOB_TOKEN: gitlab().tokens.job,
    }
    expect(await run('pipelines -p 9', { env })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^4711\t/) as string,
    })
    const anybody = { GITLAB_TRIGGER_SERVER: gitlab().url }
    expect(await run('pipelines -p 9', { env: anybody })).toMatchObject({ code: 4, stdout: '' })
    expect(await run('pipelines -p 10', { env: anybody })).toMatchObject({ code: 0 })
  })
})
