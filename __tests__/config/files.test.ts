import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expectRefusalMessage } from '../helpers/refusal-message.ts'
import { withChanges, jobEnvironment } from '../helpers/environment.ts'
import { lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'

const gitlab = useGitlab()
const home = useHome()

/** What a file that is used says the ref is. */
const ref = (name: string): string => `ref: from-${name}\n`

/** Types a line in the checkout; project, server and token are set, so that only the ref comes from a file. */
function typed(line: string, env: Record<string, string> = {}, cwd = home().checkout): Promise<Result> {
  const { url, tokens } = gitlab()
  const set = {
    GITLAB_TRIGGER_SERVER: url,
    GITLAB_TRIGGER_PROJECT: '9',
    GITLAB_TRIGGER_TOKEN: tokens.trigger,
  }
  return run(line, home().world({ env: { ...set, ...env }, cwd }))
}

/** The ref that `run` would send. */
async function refOf(line = '', env: Record<string, string> = {}, cwd?: string): Promise<string> {
  const { code, stdout, stderr } = await typed(`${line} --dry-run --json`.trim(), env, cwd)
  if (code !== 0) return `exit ${code}: ${stderr}`
  const { fields } = JSON.parse(stdout) as { fields: { name: string; value: string }[] }
  return fields.find(({ name }) => name === 'ref')?.value ?? ''
}

describe('where config files are', () => {
  test.each(['config.yaml', 'config.yml', 'config.json'])("the user's %s", async (name) => {
    home().config(name.endsWith('json') ? '{"ref": "from-user"}' : ref('user'), name)
    expect(await refOf()).toBe('from-user')
  })

  test.each(['config.yaml', 'config.yml', 'config.json'])("the system's %s", async (name) => {
    home().system(name.endsWith('json') ? '{"ref": "from-system"}' : ref('system'), name)
    expect(await refOf()).toBe('from-system')
  })

  test('XDG_CONFIG_HOME in place of ~/.config', async () => {
    home().config(ref('home'))
    home().write('xdg/gitlab-trigger/config.yaml', ref('xdg'))
    expect(await refOf('', { XDG_CONFIG_HOME: join(home().root, 'xdg') })).toBe('from-xdg')
  })

  test('of several folders in XDG_CONFIG_DIRS the first one counts', async () => {
    home().write('a/gitlab-trigger/config.yaml', ref('a'))
    home().write('b/gitlab-trigger/config.yaml', ref('b'))
    const dirs = ['none', 'a', 'b'].map((name) => join(home().root, name)).join(':')
    expect(await refOf('', { XDG_CONFIG_DIRS: dirs })).toBe('from-a')
  })

  test.each(['config', 'config.js', 'config.cjs', 'config.toml', '.config.yaml', 'config.yaml.bak'])(
    'not %s',
    async (name) => {
      home().config(ref('user'), name)
      expect(await refOf()).toContain('no ref given')
    },
  )

  test('a link to a file elsewhere', async () => {
    const path = home().write('dotfiles/trigger.yaml', ref('dotfiles'))
    mkdirSync(home().folder, { recursive: true })
    symlinkSync(path, join(home().folder, 'config.yaml'))
    expect(await refOf()).toBe('from-dotfiles')
  })
})

describe('precedence of files', () => {
  type Write = () => void
  const write: Record<string, Write> = {
    user: () => home().config(ref('user')),
    system: () => home().system(ref('system')),
    named: () => home().write('work/checkout/named.yaml', ref('named')),
    rc: () => home().write('work/checkout/.gitlab-triggerrc.yaml', ref('rc')),
  }
  const rows: [files: string, line: string, wins: string][] = [
    ['user system', '', 'user'],
    ['rc user system', '', 'rc'],
    ['rc system', '', 'rc'],
    ['named rc user system', '--config named.yaml', 'named'],
    ['named', '--config ./named.yaml', 'named'],
    ['named', '--config ../checkout/named.yaml', 'named'],
  ]
  test.each(rows)('of %s with "%s": %s', async (files, line, wins) => {
    for (const name of files.split(' ')) write[name]?.()
    if (files.includes('rc')) expect(await typed('config trust')).toMatchObject({ code: 0 })
    expect(await refOf(line)).toBe(`from-${wins}`)
  })

  test('each value for itself: what one file leaves open the next one sets', async () => {
    home().config('variables: { A: user, B: user }\n')
    home().system('ref: master\nvariables: { B: system, C: system }\n')
    expect(await typed('')).toMatchObject({ code: 0 })
    expect(lastFields(gitlab())).toMatchObject({
      ref: 'master',
      'variables[A]': 'user',
      'variables[B]': 'user',
      'variables[C]': 'system',
    })
  })

  test('a server is one entry: nothing of an entry of the same name below it', async () => {
    home().config(`servers: { work: { url: '${gitlab().url}' } }\n`)
    home().system(`servers: { work: { url: https://other.example, token: c4n4ry-of-the-system } }\n`)
    const env = { GITLAB_TRIGGER_TOKEN: '' }
    const { code, stderr } = await typed('--server work --ref master', env)
    expect([2, 14]).toContain(code)
    expect(stderr).toContain('no trigger token for 9 on work')
    expect(gitlab().requests).toEqual([])
  })

  test.each<[name: string, line: string, env: Record<string, string>]>([
    ['--config over GITLAB_TRIGGER_CONFIG', '--config named.yaml', { GITLAB_TRIGGER_CONFIG: 'missing.yaml' }],
    ['GITLAB_TRIGGER_CONFIG', '', { GITLAB_TRIGGER_CONFIG: 'named.yaml' }],
    ['an empty GITLAB_TRIGGER_CONFIG counts as unset', '--config named.yaml', { GITLAB_TRIGGER_CONFIG: '' }],
  ])('%s', async (_, line, env) => {
    write['named']?.()
    write['user']?.()
    expect(await refOf(line, env)).toBe('from-named')
  })

  test('a named file and no other: nothing of the others is taken', async () => {
    home().config('variables: { A: user }\n')
    home().write('work/checkout/named.yaml', 'ref: master\n')
    expect(await typed('--config named.yaml')).toMatchObject({ code: 0 })
    expect(lastFields(gitlab())).not.toHaveProperty('variables[A]')
  })

  test.each<[env: Record<string, string>, name: string]>([
    [{}, 'user, system and project file'],
    [{ GITLAB_TRIGGER_CONFIG: 'named.yaml' }, 'GITLAB_TRIGGER_CONFIG'],
  ])('--no-config reads nothing, also not what is broken: %# %s', async (env) => {
    home().config('not: [a config')
    home().system('not: [a config')
    home().write('work/checkout/.gitlab-triggerrc', 'not: [a config')
    home().write('work/checkout/named.yaml', 'not: [a config')
    expect(await typed('--no-config --ref master', env)).toMatchObject({
      code: 0,
      stdout: '4711\n',
      stderr: '',
    })
    expect(await typed('config path --no-config', env)).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('two files in one folder are refused: neither may be skipped silently', () => {
  test.each([
    ['config.yaml', 'config.yml'],
    ['config.yaml', 'config.json'],
    ['config.yml', 'config.json'],
  ])('%s and %s', async (one, other) => {
    const first = home().config(one.endsWith('json') ? '{}' : ref('a'), one)
    const second = home().config(other.endsWith('json') ? '{}' : ref('b'), other)
    const { code, stderr } = await typed('--ref master')
    expect(code).toBe(14)
    for (const path of [first, second]) expect(stderr).toContain(path)
    expectRefusalMessage(stderr)
    expect(gitlab().requests).toEqual([])
  })

  test("a project's second file does not take the place of the trusted one", async () => {
    home().write('work/checkout/.gitlab-triggerrc.yaml', 'variables: { A: trusted }\n')
    expect(await typed('config trust')).toMatchObject({ code: 0 })
    home().write('work/checkout/.gitlab-triggerrc', 'variables: { A: other }\n')
    const { code } = await typed('--ref master')
    const sent = posts(gitlab()).map(() => lastFields(gitlab())['variables[A]'])
    expect([
      [0, 'trusted'],
      [14, undefined],
    ]).toContainEqual([code, sent[0]])
  })
})

describe('in a CI job', () => {
  const inJob = (line: string, env: Record<string, string | undefined> = {}): Promise<Result> => {
    const all = withChanges(
      jobEnvironment(gitlab(), { GITLAB_TRIGGER_PROJECT: '9', GITLAB_TRIGGER_REF: undefined }).env,
      env,
    )
    return run(line, home().world({ env: all }))
  }

  test('a project file is ignored, also a trusted one, also one that changed', async () => {
    home().write('work/checkout/.gitlab-triggerrc.yaml', ref('rc'))
    expect(await typed('config trust')).toMatchObject({ code: 0 })
    for (const text of [ref('rc'), ref('changed')]) {
      home().write('work/checkout/.gitlab-triggerrc.yaml', text)
      const { code, stderr } = await inJob('')
      expect(code).toBe(2)
      expect(stderr).toContain('no ref given')
      expect((await inJob('config path')).stdout).toContain(
        '.gitlab-triggerrc.yaml  (project: ignored in CI)',
      )
    }
    expect(gitlab().requests).toEqual([])
  })

  test('unless it is named', async () => {
    home().write('work/checkout/.gitlab-triggerrc.yaml', 'ref: master\nvariables: { A: rc }\n')
    expect(await inJob('--config .gitlab-triggerrc.yaml')).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(lastFields(gitlab())).toMatchObject({ ref: 'master', 'variables[A]': 'rc' })
  })

  test('the files of user and system count', async () => {
    home().config('ref: master\nvariables: { A: user }\n')
    expect(await inJob('')).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(lastFields(gitlab())).toMatchObject({ ref: 'master', 'variables[A]': 'user' })
  })
})
