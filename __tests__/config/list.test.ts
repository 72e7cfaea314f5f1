import { useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'

const home = useHome()
const typed = (line: string): Promise<Result> => run(line, home().world())
const secret = 'c4n4ry-7f3a9'

const config = `default: work
servers:
  work:
    url: https://gitlab.example.com
    project: group/docs
    apiTokenCommand: [pass, show, gitlab/api]
    projects:
      group/docs: { tokenFile: docs.token, id: 9 }
      group/site: { tokenEnv: SITE_TOKEN, ref: main }
      group/none: {}
  old: { url: 'https://old.example.com', token: ${secret} }
recipes:
  nightly: { project: group/docs, ref: main }
  weekly: { extends: nightly, server: old }
  release:
    extends: nightly
    targets: [{ ref: v1 }, { project: group/site, server: work }]
  bare: { wait: true }
  lost: { extends: nowhere, ref: x }
`

test('config list: servers, projects, recipes, and where each comes from', async () => {
  const path = home().config(config)
  const system = home().system('servers: { work: { url: "https://other" }, ci: { url: "https://ci" } }')
  const { code, stdout, stderr } = await typed('config list')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toBe(
    [
      `server work (default): https://gitlab.example.com  (${path}:3)`,
      `  API token from command pass (${path}:6)`,
      '  project = group/docs',
      `  project group/docs: id 9, token from file ${home().folder}/docs.token (${path}:8)`,
      `  project group/site: ref main, token from environment variable SITE_TOKEN (${path}:9)`,
      '  project group/none: no token',
      `server old: https://old.example.com  (${path}:11)`,
      `  token from ${path}:11`,
      `server ci: https://ci  (${system}:1)`,
      `recipe nightly: group/docs main  (${path}:13)`,
      `recipe weekly (extends nightly): group/docs main on old  (${path}:14)`,
      `recipe release (extends nightly): 2 targets  (${path}:15)`,
      '  target group/docs v1',
      '  target group/site main on work',
      `recipe bare: what flags and environment say  (${path}:18)`,
      `recipe lost (extends nowhere): x  (${path}:19)`,
      '',
    ].join('\n'),
  )
})

test('config list --json', async () => {
  const path = home().config(config)
  const { code, stdout } = await typed('config list --json')
  expect(code).toBe(0)
  expect(stdout).not.toContain(secret)
  const { servers, recipes } = JSON.parse(stdout) as { servers: unknown[]; recipes: unknown[] }
  expect(servers[1]).toEqual({
    name: 'old',
    url: 'https://old.example.com',
    is_default: false,
    project: null,
    ref: null,
    token: `${path}:11`,
    api_token: null,
    projects: [],
    origin: `${path}:11`,
  })
  expect(servers[0]).toMatchObject({
    is_default: true,
    projects: [{ name: 'group/docs', id: 9, ref: null }, { ref: 'main' }, { token: null }],
  })
  expect(recipes[2]).toEqual({
    name: 'release',
    extends: 'nightly',
    targets: [
      { server: null, project: 'group/docs', ref: 'v1' },
      { server: 'work', project: 'group/site', ref: 'main' },
    ],
    origin: `${path}:15`,
  })
})

test('without a config: said, and exit 0', async () => {
  expect(await typed('config list')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: 'No config file defines a server or a recipe. To add a server, run: gitlab-trigger login\n',
  })
  const { code, stdout } = await typed('config list --json')
  expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({ code: 0, servers: [], recipes: [] })
})

test('a file that cannot be used: exit 14', async () => {
  home().config('servers: [', 'config.yaml')
  expect(await typed('config list')).toMatchObject({ code: 14, stdout: '' })
})
