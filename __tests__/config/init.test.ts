import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expectRefusalMessage } from '../helpers/refusal-message.ts'
import { environment, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'

const gitlab = useGitlab()
const home = useHome()
const typed = (line: string, env: Record<string, string> = {}): Promise<Result> =>
  run(line, home().world({ env }))

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

describe('config init', () => {
  const own = (): string => join(home().folder, 'config.yaml')
  const places: [line: string, env: () => Record<string, string>, path: () => string][] = [
    ['config init', () => ({}), own],
    [
      'config init',
      () => ({ XDG_CONFIG_HOME: join(home().root, 'x') }),
      () => join(home().root, 'x/gitlab-trigger/config.yaml'),
    ],
    ['config init my.yaml', () => ({}), () => join(home().checkout, 'my.yaml')],
    ['config init new/folder/my.yml', () => ({}), () => join(home().checkout, 'new/folder/my.yml')],
  ]
  test.each(places)(
    '%s writes a commented file of mode 600 and prints its path (%#)',
    async (line, env, path) => {
      const { code, stdout, stderr } = await typed(line, env())
      expect({ code, stdout }).toEqual({ code: 0, stdout: `${path()}\n` })
      const named = line.split(' ')[2]
      const config = named === undefined ? '' : ` --config ${named}`
      expect(stderr).toBe(
        `Next: gitlab-trigger login${config}, which asks for the rest.\nOr edit the file, store tokens with gitlab-trigger config edit-token NAME${config}, and check it with gitlab-trigger doctor -s NAME${config}.\n`,
      )
      expect(modeOf(path())).toBe('600')
      expect(readFileSync(path(), 'utf8')).toMatch(
        /^# yaml-language-server: \$schema=\/opt\/dist\/config-schema\.json\n# gitlab-trigger: /,
      )
    },
  )

  test.each(['x.json', 'y.js', 'z.mjs'])(
    '%s is read as another format: refused, and not written',
    async (name) => {
      const { code, stderr } = await typed(`config init ${name}`)
      expect(stderr).toContain('would be read as another format\nName a file that ends in .yaml.\n')
      expect({ code, exists: existsSync(join(home().checkout, name)) }).toEqual({ code: 2, exists: false })
    },
  )

  test('the file can be used as it is', async () => {
    await typed('config init')
    const { env = {} } = environment(gitlab(), { GITLAB_TRIGGER_REF: 'master' })
    expect(await typed('', env)).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
    expect((await typed('config path')).stdout).toContain(`${own()}  (user: used)`)
  })

  test('the file can be used with its examples switched on', async () => {
    await typed('config init')
    const text = readFileSync(own(), 'utf8')
    const examples = text
      .replace(/^# (default: .*)$/m, '$1')
      .replace(/^( +)# (?=[ \w/-]+:)/gm, '$1')
      .replace('https://gitlab.example.com', gitlab().url)
      .replaceAll('group/docs', 'seed/app')
      .replace(/^.*(caFile|apiToken).*\n/gm, '')
    expect(examples).toMatch(/^ {2}work:/m)
    home().config(examples)
    home().write('home/.config/gitlab-trigger/docs.token', gitlab().tokens.trigger)
    expect(await typed('config show nightly-docs')).toMatchObject({ code: 0, stderr: '' })
    expect(await typed('run nightly-docs --ref master')).toMatchObject({
      code: 0,
      stdout: '4711\n',
    })
  })

  test.each(['config.yaml', 'config.yml', 'config.json'])(
    'never over or beside an existing %s',
    async (name) => {
      const path = home().config('{}', name, 0o644)
      const { code, stdout, stderr } = await typed('config init')
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain(path)
      expectRefusalMessage(stderr)
      expect(readFileSync(path, 'utf8')).toBe('{}')
      expect(modeOf(path)).toBe('644')
      expect(await typed('config path')).toMatchObject({ code: 0 })
    },
  )

  test('nor through a link', async () => {
    const target = join(home().root, 'target')
    mkdirSync(home().folder, { recursive: true })
    symlinkSync(target, own())
    expect(await typed('config init')).toMatchObject({ code: 2, stdout: '' })
    expect(existsSync(target)).toBe(false)
  })

  test('no home to put it in', async () => {
    const { code, stderr } = await run('config init', { cwd: home().checkout })
    expect(code).toBe(14)
    expect(stderr).toContain('HOME')
    expectRefusalMessage(stderr)
  })

  test('a place where nothing can be written', async () => {
    const file = home().write('home/.config', 'a file')
    chmodSync(file, 0o600)
    const { code, stderr } = await typed('config init')
    expect(code).toBe(14)
    expect(stderr).toContain(join(home().folder, 'config.yaml'))
    expectRefusalMessage(stderr)
  })
})
