import { jsonAnswer, requestsBy, apiEnvironment } from '../helpers/api.ts'
import { runInTime } from '../helpers/clock.ts'
import { posts, useGitlab } from '../helpers/gitlab.ts'
import { run, type Result } from '../helpers/run.ts'
import { none, statesIn } from '../helpers/pipeline-sentences.ts'
import type { GitlabVersion } from '../../src/sandbox/server.ts'

const gitlab = useGitlab()
const type = (line: string, env: Record<string, string> = {}): Promise<Result> =>
  run(line, apiEnvironment(gitlab(), env))
const names = ({ stdout }: Result): string[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t')[0] ?? '')

describe('refs', () => {
  test('branches, then tags, each as --ref takes it; a name that is both is said in full', async () => {
    const { code, stdout } = await type('refs')
    expect(code).toBe(0)
    expect(stdout).toContain('master\tbranch\tdefault\n')
    expect(stdout).toContain('protected\tbranch\tprotected\n')
    expect(stdout).toContain('v1.0.0\ttag\t-\n')
    for (const ref of names({ stdout } as Result).filter(
      (name) => !/failing|broken|empty|protected/.test(name),
    )) {
      expect((await type(`--ref ${ref}`)).code).toBe(0)
    }
    expect(names({ stdout } as Result)).toEqual(expect.arrayContaining(['refs/heads/both', 'refs/tags/both']))
  })

  test.each<[pattern: string, found: string[]]>([
    ['f', ['feature/x', 'failing']],
    ['FEAT', ['feature/x']],
    ['f*', ['feature/x', 'failing']],
    ['*/x', ['feature/x']],
    ['v?.0.0', ['v1.0.0']],
    ['*ö*', ['größe']],
    ['v1.0', ['v1.0.0']],
    ['v1x0*', []],
    ['(', []],
    ['nothing', []],
  ])('%s', async (pattern, found) => {
    const result = await type(`refs ${pattern}`)
    expect({ code: result.code, found: names(result) }).toEqual({ code: 0, found })
  })

  test('what GitLab takes for the end of a name is not sent to it', async () => {
    gitlab().addRef('cost$')
    expect(names(await type('refs cost$'))).toEqual(['cost$'])
    const searches = gitlab().requests.map(({ path }) =>
      new URLSearchParams(path.split('?')[1]).get('search'),
    )
    expect(searches).toEqual(['cost', 'cost'])
  })

  test('--json', async () => {
    const { stdout } = await type('refs master --json')
    expect(JSON.parse(stdout)).toEqual({
      server: gitlab().url,
      project: '9',
      api: 'v4',
      refs: [{ ref: 'master', name: 'master', kind: 'branch', default: true, protected: false }],
      exit_code: 0,
      error: null,
    })
  })

  test('a private project without an API token: it may be either', async () => {
    const { code, stderr } = await type('refs', { GITLAB_TRIGGER_API_TOKEN: '' })
    expect(code).toBe(4)
    expect(stderr).toContain('It does not exist, or the project is private: set GITLAB_TRIGGER_API_TOKEN')
  })

  test('of a public project anybody may read them', async () => {
    expect(names(await type('refs -p 10', { GITLAB_TRIGGER_API_TOKEN: '' }))).toEqual(['master', 'v1.0.0'])
  })
})

describe('run names the nearest refs where the ref is not there', () => {
  const suggestions: [ref: string, says: string][] = [
    ['mastr', 'Did you mean "master"?'],
    ['Master2', 'Did you mean "master"?'],
    ['x', 'Did you mean "feature/x"?'],
    ['feature/y', 'Did you mean "feature/x"?'],
    ['v1.0.1', 'Did you mean "v1.0.0"?'],
    ['refs/heads/mastr', 'Did you mean "master"?'],
    ['origin/master', 'Did you mean "master"?'],
    ['upstream/feature/x', 'Did you mean "feature/x"?'],
    ['completely-else', 'Its default branch is "master".'],
  ]
  test.each(suggestions)('%s: %s', async (ref, says) => {
    const { code, stdout, stderr } = await type(`--ref ${ref}`)
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
    expect(stderr).toContain('Reference not found')
    expect(stderr).toContain(says)
    expect(statesIn(stderr)).toEqual([none])
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('of a project that has moved, by its old path: its new id too', async () => {
    const { code, stderr } = await type('--ref mastr -p seed/former')
    expect(code).toBe(5)
    expect(stderr).toContain('Did you mean "master"?')
    expect(stderr).toContain('The project has moved: use --project 9.')
  })

  test('--json has it in the hint', async () => {
    const { code, stdout } = await type('--ref mastr --json')
    expect(code).toBe(5)
    expect(JSON.parse(stdout)).toMatchObject({
      error: { hint: expect.stringContaining('"master"') as string },
    })
  })

  const silent: [name: string, line: string, env: () => Record<string, string>][] = [
    ['without an API token', '--ref mastr', () => ({ GITLAB_TRIGGER_API_TOKEN: '' })],
    ['of a commit', `--ref ${'a'.repeat(40)}`, () => ({})],
    ['of a ref that is there, and refused for another reason', '--ref protected', () => ({})],
    ['of a token that is refused', '--ref master', () => ({ GITLAB_TRIGGER_TOKEN: 'of-nobody' })],
  ]
  test.each(silent)('%s nothing is asked', async (_, line, env) => {
    const { stderr } = await type(line, { ...env() })
    expect(stderr).not.toContain('Did you mean')
    expect(gitlab().requests.filter(({ path }) => path.includes('/repository/'))).toEqual([])
  })

  test.each<[name: string, status: number]>([
    ['refused', 401],
    ['refused', 403],
    ['broken', 500],
    ['limited', 429],
  ])('reading them is %s (%s): the exit code and the message are as ever', async (_, status) => {
    gitlab().failNext(jsonAnswer('GET', '/repository/branches', status, { message: String(status) }))
    const { code, stderr } = await type('--ref mastr')
    expect(code).toBe(5)
    expect(stderr).toContain('Is there a branch or tag "mastr" in that project?')
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('reading them takes too long: it is given up after 5 seconds, nothing else changes', async () => {
    gitlab().failNext({ kind: 'stall', method: 'GET', path: '/repository/tags' })
    const { code, stderr } = await runInTime(gitlab(), '--ref mastr', apiEnvironment(gitlab()))
    expect(code).toBe(5)
    expect(statesIn(stderr)).toEqual([none])
    expect(requestsBy(gitlab(), 'POST')).toHaveLength(1)
  })
})

describe.each<GitlabVersion>(['8.5', '8.17', '10.3'])('on %s', (version) => {
  const old = useGitlab({ gitlab: version })

  test('refs, and the nearest of them', async () => {
    expect(names(await run('refs f*', apiEnvironment(old())))).toEqual(['feature/x', 'failing'])
    const { code, stderr } = await run('--ref mastr', apiEnvironment(old()))
    expect(code).toBe(5)
    expect(stderr).toContain('Did you mean "master"?')
    expect(posts(old()).filter(({ path }) => !path.includes('/v4/') || version === '10.3')).toHaveLength(1)
  })

  test('projects', async () => {
    const { code, stdout } = await run('projects app', apiEnvironment(old()))
    expect({ code, stdout }).toEqual({ code: 0, stdout: '9\tseed/app\tmaster\tprivate\tyes\n' })
  })
})
