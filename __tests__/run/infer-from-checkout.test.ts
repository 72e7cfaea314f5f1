import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { startSandbox } from '../../src/sandbox/server.ts'
import { checkoutOf } from '../helpers/checkout.ts'
import { lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run, type Line } from '../helpers/run.ts'
import { start } from '../helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()
const canary = 'c4n4ry'

const { write: checkout, runAtTerminal, runUnattended, env, at } = checkoutOf(home, gitlab)

const ours = [
  '{}/seed/app.git',
  '{}/seed/app',
  '{}/seed/app/',
  'http://me@{host}/seed/app.git',
  `http://me:${canary}@{host}/seed/app.git`,
  `http://gitlab-ci-token:${canary}@{host}/seed/app.git`,
  'ssh://git@{name}/seed/app.git',
  'ssh://git@{name}:2222/seed/app.git',
  'git@{name}:seed/app.git',
  'git@{name}:/seed/app.git',
  '{name}:seed/app.git',
]

describe('a checkout of the server: project and branch are proposed', () => {
  test.each(ours)('%s', async (remote) => {
    checkout([at(remote)])
    const { code, stdout, stderr } = await runAtTerminal('y\n')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
    expect(stderr).toContain(`Trigger seed/app on master at ${gitlab().url}?`)
    expect(stderr).not.toContain(canary)
    expect(decodeURIComponent(posts(gitlab())[0]?.path ?? '')).toContain('/projects/seed/app/')
    expect(lastFields(gitlab())['ref']).toBe('master')
  })

  test('in a group of groups', async () => {
    checkout([at('{}/seed/group/sub.dotted/deep.git')])
    expect((await runAtTerminal('n')).stderr).toContain('Trigger seed/group/sub.dotted/deep on master')
  })

  test('below a path prefix', async () => {
    const prefixed = await startSandbox({ now: () => start, paceMs: 0, prefix: '/gitlab' })
    try {
      checkout([`${prefixed.url}/seed/app.git`])
      const { stderr, code } = await runAtTerminal('y', `--server ${prefixed.url}`)
      expect(stderr).toContain('Trigger seed/app on master')
      expect(code).toBe(0)
      expect(posts(prefixed)).toHaveLength(1)
    } finally {
      await prefixed.close()
    }
  })

  test('by the name of the server in the config', async () => {
    home().config(serverYaml(gitlab()))
    checkout([at('{}/seed/app.git')])
    expect(await runAtTerminal('y', '', { GITLAB_TRIGGER_SERVER: '' })).toMatchObject({
      code: 0,
      stdout: '4711\n',
    })
  })

  test('by the one server of the config that the remote is at, where none is chosen', async () => {
    home().config(
      `servers:\n  other: { url: https://other.example }\n  work: { url: ${gitlab().url}, variables: { A: of-work } }\n`,
    )
    checkout([at('{}/seed/app.git')])
    const none = { GITLAB_TRIGGER_SERVER: '' }
    expect(await runAtTerminal('y', '', none)).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(lastFields(gitlab())['variables[A]']).toBe('of-work')
    const { code, stderr } = await run('', home().world({ env: { ...env(), ...none } }))
    expect(code).toBe(2)
    expect(stderr).toContain('--server work --project seed/app --ref master')
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('of several remotes the one that is at the server', async () => {
    checkout(['https://github.com/some/fork.git', at('{}/seed/app.git')])
    expect((await runAtTerminal('n')).stderr).toContain('Trigger seed/app on master')
  })

  test.each(['sub', 'sub/deep'])('from below it: %s', async (folder) => {
    checkout([at('{}/seed/app.git')])
    const cwd = join(home().checkout, folder)
    mkdirSync(cwd, { recursive: true })
    const options = home().world({ env: env(), cwd, stdin: 'y', tty: ['stdin', 'stderr'] })
    expect(await run('', options)).toMatchObject({ code: 0, stdout: '4711\n' })
  })

  test.each([
    ['--ref develop', 'seed/app', 'develop'],
    ['--project 9', '9', 'master'],
  ])('what %s says is not proposed otherwise', async (line, project, ref) => {
    checkout([at('{}/seed/app.git')])
    const { stderr, code } = await runAtTerminal('y', line)
    expect(stderr).toContain(`Trigger ${project} on ${ref} at`)
    expect(code).toBe(0)
    expect(lastFields(gitlab())['ref']).toBe(ref)
  })

  test('nothing is asked where nothing is missing', async () => {
    checkout([at('{}/seed/app.git')])
    const result = await runAtTerminal('n', '--project 9 --ref master')
    expect(result).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(result.world.wasStdinRead()).toBe(false)
  })

  test('--verbose says that they were agreed to', async () => {
    checkout([at('{}/seed/app.git')])
    expect((await runAtTerminal('y', '--verbose')).stderr).toMatch(/^project +seed\/app .*checkout/m)
  })
})

describe('the answer', () => {
  beforeEach(() => {
    checkout([at('{}/seed/app.git')])
  })
  test.each(['y', 'Y', 'yes', 'YES', ' y ', 'y\n'])('%j triggers', async (answer) => {
    expect(await runAtTerminal(answer)).toMatchObject({ code: 0, stdout: '4711\n' })
  })
  test.each(['', '\n', 'n', 'no', 'yep', 'ja', 'y n', 'q'])('%j does not', async (answer) => {
    const { code, stdout, stderr } = await runAtTerminal(answer)
    expect(stdout).toBe('')
    expect([2, 10]).toContain(code)
    expect(stderr).toContain('No pipeline was created.')
    expect(gitlab().requests).toEqual([])
  })
})

describe('where nobody can be asked, the flags are named and nothing is guessed', () => {
  test.each(ours)('%s', async (remote) => {
    checkout([at(remote)])
    const { code, stdout, stderr, world } = await runUnattended()
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('--project seed/app --ref master')
    expect(stderr).not.toContain(canary)
    expect(world.wasStdinRead()).toBe(false)
    expect(gitlab().requests).toEqual([])
  })

  test.each<[tty: ('stdin' | 'stdout' | 'stderr')[]]>([
    [['stdin']],
    [['stderr']],
    [['stdout']],
    [['stdin', 'stdout']],
  ])('with a terminal only at %j', async (tty) => {
    checkout([at('{}/seed/app.git')])
    const result = await run('', home().world({ env: env(), stdin: 'y', tty }))
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.world.wasStdinRead()).toBe(false)
    expect(gitlab().requests).toEqual([])
  })

  test.each(['feature/a;touch${IFS}pwned', "it's", '$(id)', 'a`id`b', 'a&b|c', 'größe', 'a"b'])(
    'the flags can be pasted into a shell: branch %s',
    async (branch) => {
      checkout([at('{}/seed/app.git')], `ref: refs/heads/${branch}\n`)
      const { stderr } = await runUnattended()
      const [, flags = ''] = /(--project .*)/.exec(stderr) ?? []
      const { stdout } = spawnSync('/bin/sh', ['-c', `printf '%s\\n' ${flags}`], {
        encoding: 'utf8',
        cwd: home().root,
      })
      expect(stdout.split('\n')).toEqual(['--project', 'seed/app', '--ref', branch, ''])
    },
  )
})

describe('no server is known: what the remote suggests is shown, never used', () => {
  const nothing = { GITLAB_TRIGGER_SERVER: '', GITLAB_TRIGGER_TOKEN: '' }
  const flags = '--server https://gitlab.example.com --project group/app'
  const typeAt = (tty: ('stdin' | 'stderr')[], line: Line): ReturnType<typeof run> =>
    run(line, home().world({ env: { ...env(), ...nothing }, stdin: 'y', tty }))

  // prettier-ignore
  test.each<[line: Line, remote: string, shown: string]>([
    ['run', 'https://gitlab.example.com/group/app.git', `${flags} --ref master`],
    ['', 'git@gitlab.example.com:group/app.git', `${flags} --ref master`],
    ['', 'ssh://git@gitlab.example.com:2222/group/app.git', `${flags} --ref master`],
    ['', `https://oauth2:${canary}@gitlab.example.com/group/app.git`, `${flags} --ref master`],
    ['-r v1', 'https://gitlab.example.com/group/app', flags],
    ['-p 9', 'https://gitlab.example.com/group/app', '--server https://gitlab.example.com --project 9 --ref master'],
    ['-p 9 -r v1', 'https://gitlab.example.com:8443/group/app', '--server https://gitlab.example.com:8443 --project 9'],
    [['schedule', 'cron', '--at', '0 3 * * *'], 'https://gitlab.example.com/group/app', `${flags} --ref master`],
    ['status 4711', 'https://gitlab.example.com/group/app', flags],
    ['cancel 4711', 'git@gitlab.example.com:group/app', flags],
    ['refs', 'git@gitlab.example.com:group/app', flags],
    ['doctor', 'git@gitlab.example.com:group/app', flags],
  ])('%j with %s', async (line, remote, shown) => {
    checkout(['https://github.com/some/mirror.git', remote])
    for (const tty of [[], ['stdin', 'stderr']] as ('stdin' | 'stderr')[][]) {
      const { code, stdout, stderr } = await typeAt(tty, line)
      expect(code).toBe(2)
      expect(`${stdout}${stderr}`).toMatch(/no server\b.* given\n/)
      expect(`${stdout}${stderr}`.replace(/\s+/g, ' ')).toMatch(`In this checkout: ${shown} `)
      expect(`${stdout}${stderr}`).not.toContain(canary)
      expect(stderr).not.toContain('Trigger ')
    }
  })

  test('all that is missing is named as well', async () => {
    checkout(['git@gitlab.example.com:group/app.git'])
    const { stderr } = await typeAt([], '')
    expect(stderr).toContain('no server, no project, no ref and no token given\nNo pipeline was created.\n')
    expect(stderr).toContain('GITLAB_TRIGGER_TOKEN')
  })

  test.each([
    ['https://github.com/group/app.git'],
    ['git@bitbucket.org:group/app.git'],
    ['alias:group/app.git'],
    ['file:///srv/group/app.git'],
    ['https://gitlab.example.com/app.git'],
    ['https://gitlab.example.com/group/..%2fapp.git'],
    ['https://gitlab.example.com/-/app.git'],
  ])('%s suggests none', async (remote) => {
    checkout([remote])
    for (const line of ['', 'refs']) {
      const { code, stderr } = await typeAt([], line)
      expect(code).toBe(2)
      expect(stderr).toMatch(/no server\b.* given\n/)
      expect(stderr).not.toContain('In this checkout')
    }
  })
})
