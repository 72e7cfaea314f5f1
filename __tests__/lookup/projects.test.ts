import { apiEnvironment } from '../helpers/api.ts'
import { lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'
import type { WorldOptions } from '../helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()
const terminal: Pick<WorldOptions, 'tty'> = { tty: ['stdin', 'stdout', 'stderr'] }
const type = (
  line: string,
  env: Record<string, string> = {},
  rest: Pick<WorldOptions, 'tty'> = {},
): Promise<Result> => run(line, apiEnvironment(gitlab(), { NO_COLOR: '1', ...env }, rest))
const ids = ({ stdout }: Result): number[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => Number(line.split('\t')[0]))

describe('projects', () => {
  test.each<[line: string, found: number[]]>([
    ['projects app', [9]],
    ['projects seed', [11, 10, 9]],
    ['projects SEED/APP', [9]],
    ['projects seed/group', [11]],
    ['projects 10', [10]],
    ['projects nothing', []],
    ['projects --mine', [11, 10, 9]],
    ['projects docs --mine', [10]],
    ['projects seed --limit 2', [11, 10]],
  ])('%s', async (line, found) => {
    const result = await type(line)
    expect(result.code).toBe(0)
    expect(ids(result)).toEqual(found)
  })

  test('the exact path comes first, then what GitLab finds, in its order', async () => {
    gitlab().addProject({ path: 'seed/app-two' })
    gitlab().addProject({ path: 'other/seed/app', visibility: 'public' })
    expect(ids(await type('projects seed/app'))).toEqual([9, 14, 13])
  })

  test('at a terminal a table, elsewhere tabs', async () => {
    const { stdout } = await type('projects seed/app', {}, terminal)
    expect(stdout.split('\n')[0]).toMatch(/^ID +PATH +DEFAULT BRANCH +VISIBILITY +TRIGGERS$/)
    expect((await type('projects seed/app')).stdout).toBe('9\tseed/app\tmaster\tprivate\tyes\n')
  })

  test('whether pipelines can be triggered', async () => {
    gitlab().addProject({ path: 'mine/off', ci: 'disabled', members: ['seed'] })
    gitlab().addProject({ path: 'mine/old', archived: true, members: ['seed'] })
    const { stdout } = await type('projects mine --json')
    const { projects } = JSON.parse(stdout) as { projects: Record<string, unknown>[] }
    expect(projects.map(({ path, triggers }) => [path, triggers])).toEqual([
      ['mine/old', 'archived'],
      ['mine/off', 'CI/CD is off'],
    ])
    expect(projects[0]).toEqual({
      id: 14,
      path: 'mine/old',
      default_branch: 'main',
      visibility: 'private',
      triggers: 'archived',
      web_url: `${gitlab().url}/mine/old`,
    })
  })

  test('nobody sees what is public, and is told so where there is nothing', async () => {
    expect((await type('projects tool', { GITLAB_TRIGGER_API_TOKEN: '' })).stdout).toBe(
      '12\tothers/tool\tmain\tpublic\t-\n',
    )
    const { code, stdout, stderr } = await type('projects app', { GITLAB_TRIGGER_API_TOKEN: '' }, terminal)
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toBe('No projects match "app". Without an API token only public ones are found.\n')
  })

  test('one that has moved is said, with the new id', async () => {
    const { code, stdout, stderr } = await type('projects seed/former')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '9\tseed/app\tmaster\tprivate\tyes\n' })
    expect(stderr).toBe('warning: seed/former has moved; its id is 9.\n')
    expect(JSON.parse((await type('projects seed/former --json')).stdout)).toMatchObject({
      moved_to: 9,
      projects: [{ id: 9 }],
    })
  })

  test('more than --limit is said, so that nothing is missing in silence', async () => {
    const { stderr } = await type('projects seed --limit 2')
    expect(stderr).toContain('These are the first 2; there are more')
    expect(JSON.parse((await type('projects seed --limit 2 --json')).stdout)).toMatchObject({ is_more: true })
    expect((await type('projects seed --limit 3')).stderr).toBe('')
  })

  test('a wrong API token is refused, and does not pass for nobody', async () => {
    const { code, stdout } = await type('projects tool', { GITLAB_TRIGGER_API_TOKEN: 'glpat-of-nobody' })
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
  })

  test.each(['', ' '])('%j would be all that there are: exit 2, and nothing is asked', async (word) => {
    const { code, stderr } = await run(['projects', word], apiEnvironment(gitlab()))
    expect(code).toBe(2)
    expect(stderr).toContain('the search text is empty')
    expect(gitlab().requests).toEqual([])
  })

  test('the URL of a page', async () => {
    for (const page of ['seed/app', 'seed/app/-/jobs', 'seed/app.git', 'projects/9']) {
      expect(ids(await type(`projects ${gitlab().url}/${page}`))).toContain(9)
    }
  })
})

describe('--project takes the URL of a project', () => {
  const base = (): string => gitlab().url
  const env = (): Record<string, string> => ({
    GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger,
    GITLAB_TRIGGER_REF: 'master',
  })
  const posted = (): string[] => posts(gitlab()).map(({ path }) => path)

  test.each([
    '{}/seed/app',
    '{}/seed/app/',
    '{}/seed/app.git',
    '{}/seed/app/-/settings/ci_cd#js-pipeline-triggers',
    '{}/seed/app/-/tree/master?ref_type=heads',
    '{}/projects/9',
  ])('%s, of the server that is typed', async (url) => {
    const { code, stderr } = await run(`--server ${base()} --project ${url.replace('{}', base())}`, {
      env: env(),
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const project = url.includes('projects/') ? '9' : 'seed%2Fapp'
    expect(posted()).toEqual([`/api/v4/projects/${project}/trigger/pipeline`])
  })

  test('of a server of the config: that one is chosen, with its own token, whatever the default is', async () => {
    home().config(
      `default: other\nservers:\n  other:\n    url: https://other.example.com\n    token: other-token-c4n4ry\n  work:\n    url: ${base()}\n    token: ${gitlab().tokens.trigger}\n`,
    )
    const { code, stdout } = await run(`-p ${base()}/seed/app -r master`, home().world())
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
    expect(lastFields(gitlab())['token']).toBe(gitlab().tokens.trigger)
  })

  test('of the own server of a job', async () => {
    const job = { GITLAB_CI: 'true', CI_SERVER_URL: base(), CI_JOB_TOKEN: gitlab().tokens.job }
    expect((await run(`-p ${base()}/seed/app -r master`, { env: job })).code).toBe(0)
  })

  test('in the environment, and in a config file for the server it is of', async () => {
    const url = `${base()}/seed/app`
    expect((await run(`-s ${base()}`, { env: { ...env(), GITLAB_TRIGGER_PROJECT: url } })).code).toBe(0)
    home().config(serverYaml(gitlab(), `project: ${url}`))
    expect((await run('', home().world({ env: env() }))).code).toBe(0)
  })

  const refused: [name: string, line: string, code: number, says: string, more?: Record<string, string>][] = [
    ['of nobody known', '-p https://evil.example.com/seed/app', 14, 'which is not a configured server'],
    [
      'of another than the typed one',
      '-s {} -p https://evil.example.com/seed/app',
      2,
      '--server and the URL are of different servers',
    ],
    ['of another port', '-s {} -p http://127.0.0.1:1/seed/app', 2, 'of different servers'],
    [
      'with a password',
      '-s {} -p http://me:c4n4ry@127.0.0.1/seed/app',
      2,
      'a user name or password does not belong',
    ],
    ['of no project', '-s {} -p {}/seed', 2, 'not a project id or a full path such as group/name'],
    ['of the server itself', '-s {} -p {}/', 2, 'the project is empty'],
    ['with dots', '-s {} -p {}/seed/%2e%2e%2fapp/x', 2, '. and .. are not allowed'],
    ['not valid', '-s {} -p http://[', 2, 'not a valid URL'],
    ['not UTF-8', '-s {} -p {}/seed/%ff', 2, 'not a valid URL'],
    [
      'in the environment, of nobody known',
      '',
      14,
      'not a configured server',
      { GITLAB_TRIGGER_PROJECT: 'https://evil.example.com/a/b' },
    ],
  ]
  test.each(refused)('%s: %s', async (_, line, exit, says, more = {}) => {
    const typed = line.replaceAll('{}', base())
    const { code, stdout, stderr } = await run(typed, { env: { ...env(), ...more } })
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' })
    expect(stderr).toContain(says)
    expect(stderr).not.toContain('c4n4ry')
    expect(gitlab().requests).toEqual([])
  })

  test("a checkout's own file cannot lead a token elsewhere with it (G3)", async () => {
    home().config(serverYaml(gitlab()))
    home().write('work/checkout/.gitlab-triggerrc.yaml', 'project: https://evil.example.com/seed/app\n')
    await run('config trust', home().world())
    const { code, stderr } = await run('', home().world({ env: env() }))
    expect(code).toBe(14)
    expect(stderr).toContain(`the URL is not of ${base()}`)
    expect(gitlab().requests).toEqual([])
  })

  test('doctor, tokens and refs take it too', async () => {
    const url = `${base()}/seed/app/-/pipelines`
    const all = apiEnvironment(gitlab(), { GITLAB_TRIGGER_PROJECT: '' })
    for (const line of ['doctor', 'tokens list', 'refs', 'tokens test']) {
      expect((await run(`${line} -p ${url}`, all)).code).toBe(0)
    }
  })

  test('the library takes it, of its own server only', async () => {
    const { trigger } = await import('../../src/index.ts')
    const options = { server: base(), ref: 'master', token: gitlab().tokens.trigger }
    expect((await trigger({ ...options, project: `${base()}/seed/app` })).id).toBe(4711)
    await expect(trigger({ ...options, project: 'https://evil.example.com/a/b' })).rejects.toThrow(
      'is not of',
    )
  })
})
