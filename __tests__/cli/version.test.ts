import { apiEnvironment } from '../helpers/api.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'
import { spawnClient } from '../helpers/spawn.ts'
import { version } from '../../src/core/version.ts'

const home = useHome()
const gitlab = useGitlab()

test.each(['--version --verbose', '-V --verbose', '--verbose --version', '--verbose -V'])(
  '%s prints what a bug report needs',
  async (line) => {
    const path = home().config('servers: {}\n')
    home().write('work/checkout/.gitlab-triggerrc.yaml', 'ref: main\n')
    const { code, stdout, stderr } = await run(
      line,
      home().world({ env: { CI: 'true', GITHUB_ACTIONS: 'true' } }),
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(
      [
        `gitlab-trigger ${version}`,
        'node       20.0.0',
        'system     linux x64, glibc 2.36',
        'openssl    3.0.0',
        `config     ${home().checkout}/.gitlab-triggerrc.yaml (not trusted)`,
        `           ${path} (used)`,
        `state      ${home().state}`,
        'proxies    none',
        'variables  none',
        'ci         GitHub Actions',
        '',
      ].join('\n'),
    )
  },
)

test('variables by their names, and no secret', async () => {
  const { env } = apiEnvironment(gitlab(), {
    GITLAB_TRIGGER_TOKEN: 'c4n4ry',
    https_proxy: 'http://u:c4n4ry@proxy:1',
    NO_PROXY: 'c4n4ry',
    MY_TOKEN: 'c4n4ry',
    NODE_OPTIONS: '--c4n4ry',
    http_proxy: '',
  })
  home().config('recipes: [c4n4ry')
  const { code, stdout } = await run('--version --verbose', home().world({ env: env ?? {} }))
  expect(code).toBe(0)
  expect(stdout).toContain('proxies    NO_PROXY, https_proxy\n')
  expect(stdout).toContain('variables  GITLAB_TRIGGER_API_TOKEN, GITLAB_TRIGGER_PROJECT,')
  expect(stdout).toContain('(refused)')
  expect(stdout).not.toContain('c4n4ry')
  expect(stdout).not.toContain(gitlab().tokens.api)
})

test('nothing is there', async () => {
  const { code, stdout } = await run('--version --verbose')
  expect(code).toBe(0)
  expect(stdout).toContain('config     none\nstate      none\n')
})

test('the real process knows its Node, its system and its libraries', async () => {
  const { code, stdout } = await spawnClient(['--version', '--verbose'])
  expect(code).toBe(0)
  expect(stdout).toContain(`node       ${process.versions.node}\n`)
  expect(stdout).toMatch(new RegExp(`^system     ${process.platform} ${process.arch}`, 'm'))
  expect(stdout).toContain(`openssl    ${process.versions.openssl}\n`)
})

test.each(['--version --nope', '--version --verbose x'])('%s is as it was', async (line) => {
  expect((await run(line)).stdout).toBe(`${version}\n`)
})
