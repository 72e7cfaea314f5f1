import { checkoutOf } from '../helpers/checkout.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'

// What only reads takes the project of the checkout: at a terminal it says which, elsewhere it names the flags. What changes or checks something names them always.

const gitlab = useGitlab()
const home = useHome()
const { write, runAtTerminal, runUnattended, env, at } = checkoutOf(home, gitlab)
const api = (): Record<string, string> => ({ GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api })

const reading = [
  ...['status 4711', 'wait 4711', 'logs 4711', 'open', 'open 4711'],
  ...['refs', 'pipelines', 'tokens list', 'tokens test', 'schedule gitlab list'],
] as const

test.each(reading)('%s', async (line) => {
  write([at('git@{name}:seed/app.git')])
  gitlab().addPipeline()
  const { code, stderr } = await runAtTerminal('', line, api())
  expect(stderr).toContain(`Project seed/app at ${gitlab().url}, as in this checkout.\n`)
  expect(code).toBe(0)
  const paths = gitlab().requests.map(({ path }) => decodeURIComponent(path))
  expect(paths.filter((path) => !/\/projects\/(seed\/app|9)\b/.test(path))).toEqual([])
})

test.each(reading)('%s where nobody can see it', async (line) => {
  write([at('{}/seed/app.git')])
  const { code, stdout, stderr } = await runUnattended(line)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/no project given\nIn this checkout: --project seed\/app\n/)
  expect(gitlab().requests).toEqual([])
})

// prettier-ignore
const naming = [
  'cancel 4711', 'retry 4711', 'play 4711 upload_package',
  'tokens create --description x', 'tokens revoke 31 --yes', 'tokens rotate 31 --save-to new.token --yes', 'tokens update 31 --description x',
  ['schedule', 'gitlab', 'create', '--at', '0 3 * * *', '--ref', 'master'], 'schedule gitlab run 1', 'schedule gitlab delete 1',
  'doctor',
] as const

test.each(naming.map((line) => [line]))('%s names it, and does nothing', async (line) => {
  write([at('{}/seed/app.git')])
  const typed = typeof line === 'string' ? line : [...line]
  for (const type of [() => runAtTerminal('y', typed, api()), () => runUnattended(typed)]) {
    const { code, stdout, stderr } = await type()
    expect(code).toBe(2)
    expect(`${stdout}${stderr}`).toMatch(
      /no project given\n(No pipeline was created\.\n)? *In this checkout: --project seed\/app\n/,
    )
    expect(gitlab().requests.filter(({ method }) => method !== 'GET')).toEqual([])
  }
})

test('doctor names server and project, and asks for the token of no project', async () => {
  write([at('{}/seed/app.git')])
  home().config(serverYaml(gitlab(), 'projects: { seed/docs: { token: glptt-0123456789abcdefghij } }'))
  const { stdout } = await run('doctor', home().world())
  expect(stdout).toMatch(/no project given\n *In this checkout: --project seed\/app\n/)
  expect(stdout).toMatch(/^- {2}token +no project is given; a trigger token belongs to one$/m)
  home().config(serverYaml(gitlab()).replace(/^default:.*\n/m, ''))
  const open = await run('doctor', home().world())
  expect(open.stdout).toMatch(/no server given\n *In this checkout: --server \w+ --project seed\/app\n/)
})

test('by the server of the config whose remote it is', async () => {
  write([at('{}/seed/app.git')])
  home().config(serverYaml(gitlab(), `apiToken: ${gitlab().tokens.api}`).replace(/^default:.*\n/m, ''))
  const typed = (tty: ('stdin' | 'stderr')[]): ReturnType<typeof run> =>
    run('refs', home().world({ env: { NO_COLOR: '1' }, tty }))
  expect(await typed(['stdin', 'stderr'])).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('Project seed/app at') as string,
  })
  expect((await typed([])).stderr).toMatch(/In this checkout: --server \w+ --project seed\/app\n/)
})

test.each([
  ['https://example.com/gitlab/seed/app.git', '--server below --project seed/app'],
  ['https://example.com/seed/app.git', '--server root --project seed/app'],
  ['git@example.com:seed/app.git', '--server root --project seed/app'],
])('of two servers of a host, that with the longest path: %s', async (remote, flags) => {
  write([remote])
  home().config(
    'servers: { root: { url: https://example.com }, below: { url: https://example.com/gitlab } }\n',
  )
  const { stderr } = await run('refs', home().world({ env: { NO_COLOR: '1' } }))
  expect(stderr).toContain(`In this checkout: ${flags}\n`)
})

// prettier-ignore
test.each<[what: string, remotes: string[], line: string, code: number, says: RegExp]>([
  ['what is typed counts', ['{}/seed/app.git'], 'refs -p seed/docs', 0, /^$/],
  ['a URL needs no project', ['{}/seed/docs.git'], 'status URL', 0, /^$/],
  ['another server', ['https://elsewhere.example.com/a/b.git'], 'refs', 2, /no project given/],
  ['what changes something takes what is typed only', ['{}/seed/app.git'], 'cancel 4711', 2, /no project given\nIn this checkout: --project seed\/app/],
  ['a new token too', ['{}/seed/app.git'], 'tokens create --description x', 2, /no project given\nIn this checkout: --project seed\/app/],
  ['a URL to cancel needs no project', ['{}/seed/docs.git'], 'cancel URL', 0, /^(?!.*In this checkout)/],
])('%s', async (_, remotes, line, code, says) => {
  write(remotes.map(at))
  gitlab().addPipeline()
  const url = `${gitlab().url}/seed/app/-/pipelines/4711`
  const result = await runAtTerminal('', line.replace('URL', url), { ...env(), ...api() })
  expect(result.stderr).toMatch(says)
  expect(result.code).toBe(code)
})
