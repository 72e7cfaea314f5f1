import { createHash } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'
import { spawnClient, spawnShell, type Spawned } from '../helpers/spawn.ts'

// What is read is seen in process, whose working directory is elsewhere; what is run, and what becomes of a real working directory, by the real binary.

const gitlab = useGitlab()
const evil = useGitlab()
const home = useHome()

const canary = (): string => join(home().root, 'canary')

/** What scripts do that a user executes by mistake. */
const scripts: Record<string, () => string> = {
  js: () => `require('node:fs').writeFileSync('${canary()}', 'js'); module.exports = ${evilData()}`,
  cjs: () => `require('node:fs').writeFileSync('${canary()}', 'cjs'); module.exports = ${evilData()}`,
  mjs: () =>
    `import { writeFileSync } from 'node:fs'; writeFileSync('${canary()}', 'mjs'); export default {}`,
  ts: () => `import { writeFileSync } from 'node:fs'; writeFileSync('${canary()}', 'ts'); export default {}`,
}

const script = (name: string): string => scripts[name.split('.').at(-1) ?? '']?.() ?? ''

/** A config that leads to the evil server, with a token of its own, as JSON and so as YAML too. */
function evilData(): string {
  const entry = { url: evil().url, token: evil().tokens.trigger, project: 9, ref: 'master' }
  return JSON.stringify({ default: 'work', servers: { work: entry }, project: 9, ref: 'master' })
}

const endings = ['js', 'cjs', 'mjs', 'ts']
const inConfigFolder = endings.map((ending) => `.config/config.${ending}`)
const rcScripts = ['.gitlab-triggerrc', '.config/gitlab-triggerrc', 'gitlab-trigger.config'].flatMap((name) =>
  endings.map((ending) => `${name}.${ending}`),
)
const rcData = [
  '.gitlab-triggerrc',
  '.gitlab-triggerrc.yaml',
  '.gitlab-triggerrc.yml',
  '.gitlab-triggerrc.json',
  '.config/gitlab-triggerrc',
  '.config/gitlab-triggerrc.yaml',
  '.config/gitlab-triggerrc.json',
  '.config/gitlab-trigger/config.yaml',
  'gitlab-trigger/config.yaml',
  'config.yaml',
]

/** Hostile files by path in a folder, and what they hold. */
const files: [t: string, name: string, content: () => string][] = [
  ...inConfigFolder.map((name): (typeof files)[0] => ['T1', name, () => script(name)]),
  ['T2', '.config/config.yaml', () => `gitlab-trigger: ${evilData()}`],
  ['T2', '.config/config.json', () => `{"gitlab-trigger": ${evilData()}}`],
  [
    'T2',
    '.config/config.yml',
    () => 'cosmiconfig: { searchPlaces: [.config/config.js, .config/config.cjs] }\nsearchPlaces: [boom.cjs]',
  ],
  ...rcScripts.map((name): (typeof files)[0] => ['T3', name, () => script(name)]),
  [
    'T3',
    'package.json',
    () => `{"gitlab-trigger": ${evilData()}, "cosmiconfig": {"searchPlaces": ["boom.cjs"]}}`,
  ],
  ['T3', 'package.yaml', () => `gitlab-trigger: ${evilData()}\ncosmiconfig: { searchPlaces: [boom.cjs] }`],
  ...rcData.map((name): (typeof files)[0] => ['T4', name, evilData]),
]

/** The folders that a search may climb to. */
const folders = [
  ['the working directory', 'tmp/shared/checkout'],
  ['its parent, the shared temporary folder', 'tmp/shared'],
  ['its grandparent', 'tmp'],
] as const

/** The working directory, which is made when it is asked for. */
function checkout(): string {
  const cwd = join(home().root, 'tmp/shared/checkout')
  mkdirSync(cwd, { recursive: true })
  return cwd
}

/** An environment with everything set that a trigger needs. */
const complete = (more: Record<string, string> = {}): Record<string, string> => ({
  ...home().world().env,
  TMPDIR: join(home().root, 'tmp/shared'),
  PATH: '/usr/bin:/bin',
  GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger,
  GITLAB_TRIGGER_SERVER: gitlab().url,
  ...more,
})

/** Runs the binary in the working directory. */
const client = (line: string, more: Record<string, string> = {}): Promise<Spawned> =>
  spawnClient(line.split(' '), { cwd: checkout(), env: complete(more) })

function expectNothingHostile(): void {
  expect(existsSync(canary())).toBe(false)
  expect(evil().requests).toEqual([])
}

const triggerLine = '--project 9 --ref master'
const noServer = { GITLAB_TRIGGER_SERVER: '' }

/** Nothing is said but that a file of the checkout is not used. */
const onlyNotice: unknown = expect.stringMatching(
  /^(\S+ is not used: to trust it, run gitlab-trigger config trust\n)?$/,
)

/** Nothing that a file could have set is set. */
async function expectNothingSet(env: Record<string, string> = {}): Promise<void> {
  const world = { ...home().world(), cwd: checkout(), env: complete({ ...noServer, ...env }) }
  const { code, stdout, stderr } = await run('config show', world)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const name of ['server', 'project', 'ref']) expect(stdout).toContain(`${name} = (not set)\n`)
  expectNothingHostile()
}

describe('one hostile file sets nothing and runs nothing', () => {
  test.each(files)('%s %s', async (_, name, content) => {
    home().write(`tmp/shared/checkout/${name}`, content())
    home().write('tmp/shared/checkout/boom.cjs', script('boom.cjs'))
    await expectNothingSet()
  })

  test.each([...inConfigFolder, ...rcScripts.slice(0, 4)])(
    'T1, T3 %s, and a trigger of the binary',
    async (name) => {
      home().write(`tmp/shared/checkout/${name}`, script(name))
      expect(await client(triggerLine)).toEqual({ code: 0, signal: null, stdout: '4711\n', stderr: '' })
      expect(posts(gitlab())).toHaveLength(1)
      expectNothingHostile()
    },
  )
})

function writeAll(folder: string): void {
  for (const [, name, content] of files) home().write(`${folder}/${name}`, content())
  home().write(`${folder}/boom.cjs`, script('boom.cjs'))
}

describe('all of them at once', () => {
  const lines: [line: string, stdout: RegExp][] = [
    ['--help', /^Usage: gitlab-trigger/],
    ['--version', /^\d+\.\d+\.\d+\n$/],
    ['run --help', /^Usage: gitlab-trigger run/],
    ['help security', /token/],
    [triggerLine, /^4711\n$/],
    [`${triggerLine} --no-config`, /^4711\n$/],
    [`${triggerLine} --dry-run`, /POST/],
    ['config path', /absent/],
    [`config show ${triggerLine}`, /^server = http/],
  ]
  test.each(lines)('T1-T4 %s', async (line, stdout) => {
    writeAll('tmp/shared/checkout')
    const done = await client(line)
    expect(done).toMatchObject({ code: 0, stderr: onlyNotice })
    expect(done.stdout).toMatch(stdout)
    expect(done.stdout).not.toContain(evil().url)
    expectNothingHostile()
  })

  test.each(folders)('T4 in %s: the token goes to the right server only', async (_, folder) => {
    writeAll(folder)
    expect(await client(triggerLine)).toEqual({ code: 0, signal: null, stdout: '4711\n', stderr: onlyNotice })
    expect(posts(gitlab())).toHaveLength(1)
    expectNothingHostile()
  })

  test.each(folders)('T4 in %s: without a server the run stops, whatever they offer', async (_, folder) => {
    writeAll(folder)
    const done = await client(triggerLine, noServer)
    expect(done).toMatchObject({ code: 2, stdout: '' })
    expect(done.stderr).toContain('no server given')
    expectNothingHostile()
  })
})

describe('T9 a home or XDG folder that is none is never the working directory', () => {
  const places = ['.config', 'cfg', 'state', '.local/state', '.', 'xdg']
  const rows: [name: string, env: Record<string, string>][] = [
    ['HOME=""', { HOME: '' }],
    ['HOME=.', { HOME: '.' }],
    ['HOME="" XDG_CONFIG_HOME=cfg', { HOME: '', XDG_CONFIG_HOME: 'cfg' }],
    ['XDG_CONFIG_HOME=cfg', { XDG_CONFIG_HOME: 'cfg' }],
    ['XDG_CONFIG_HOME=.', { XDG_CONFIG_HOME: '.' }],
    ['XDG_CONFIG_HOME=./cfg', { XDG_CONFIG_HOME: './cfg' }],
    ['XDG_CONFIG_HOME=../checkout', { XDG_CONFIG_HOME: '../checkout' }],
    ['XDG_CONFIG_HOME=""', { XDG_CONFIG_HOME: '' }],
    ['XDG_STATE_HOME=state', { XDG_STATE_HOME: 'state' }],
    ['XDG_CONFIG_DIRS=xdg:cfg:.', { XDG_CONFIG_DIRS: 'xdg:cfg:.' }],
    ['XDG_CONFIG_DIRS=""', { XDG_CONFIG_DIRS: '' }],
    ['XDG_CONFIG_DIRS=:', { XDG_CONFIG_DIRS: ':' }],
  ]
  const rc = 'tmp/shared/checkout/.gitlab-triggerrc'
  beforeEach(() => {
    const path = home().write(rc, 'ref: evil\n')
    const hash = createHash('sha256').update('ref: evil\n').digest('hex')
    for (const place of places) {
      home().write(`tmp/shared/checkout/${place}/gitlab-trigger/config.yaml`, evilData())
      const trusted = JSON.stringify({ [path]: hash })
      home().write(`tmp/shared/checkout/${place}/gitlab-trigger/trusted.json`, trusted)
    }
  })

  test.each(rows)('%s', async (_, env) => {
    await expectNothingSet(env)
  })

  test('and a trigger works', async () => {
    const env = { HOME: '', XDG_CONFIG_HOME: 'cfg', XDG_STATE_HOME: 'state', XDG_CONFIG_DIRS: 'xdg' }
    expect(await client(triggerLine, env)).toMatchObject({ code: 0, stdout: '4711\n', stderr: onlyNotice })
    expectNothingHostile()
  })

  test('also where there is no HOME at all', async () => {
    const cwd = join(home().root, 'tmp/shared/checkout')
    const env = { GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger, GITLAB_TRIGGER_SERVER: gitlab().url }
    const done = await spawnClient(triggerLine.split(' '), { cwd, env })
    expect(done).toEqual({ code: 0, signal: null, stdout: '4711\n', stderr: onlyNotice })
    expectNothingHostile()
  })
})

describe('T10 a deleted working directory', () => {
  const rows: [line: string, code: number, says: RegExp][] = [
    [triggerLine, 0, /^4711\n$/],
    ['config path', 0, /absent/],
    [`config show ${triggerLine}`, 0, /^server = /],
    [`${triggerLine} --config config.yaml`, 14, /config\.yaml|working directory/],
    ['config trust', 2, /no config file of its own|working directory/],
    ['config trust config.yaml', 14, /config\.yaml|working directory/],
    ['config init config.yaml', 14, /config\.yaml|working directory/],
  ]
  test.each(rows)('%s ends with %s', async (line, code, says) => {
    const shell = `mkdir "$D/gone" && cd "$D/gone" && rmdir "$D/gone" && $CLIENT ${line}`
    const env = {
      ...home().world().env,
      D: home().root,
      GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger,
      GITLAB_TRIGGER_SERVER: gitlab().url,
    }
    const done = await spawnShell(shell, { env })
    expect(done.stderr).not.toContain('a bug of gitlab-trigger')
    expect(done.code).toBe(code)
    expect(done.stdout + done.stderr).toMatch(says)
  })
})
