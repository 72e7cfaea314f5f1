import { execFileSync } from 'node:child_process'
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { filesBelow, serverYaml } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'
import type { WorldOptions } from '../helpers/world.ts'
import { useProjectFile } from '../helpers/project-file.ts'

const { gitlab, home, typed, rc, sent } = useProjectFile()
const line = '--project 9 --ref master'

describe('config trust', () => {
  const names: [name: string, text: string][] = [
    ['.gitlab-triggerrc', 'variables: { A: x }\n'],
    ['.gitlab-triggerrc', '{"variables": {"A": "x"}}'],
    ['.gitlab-triggerrc.yaml', 'variables: { A: x }\n'],
    ['.gitlab-triggerrc.yml', 'variables: { A: x }\n'],
    ['.gitlab-triggerrc.json', '{"variables": {"A": "x"}}'],
  ]
  test.each(names)('%s with %j is used after it, and not before', async (name, text) => {
    const path = rc(text, name)
    const notice = `${path} is not used: to trust it, run gitlab-trigger config trust\n`
    expect(await typed(line)).toMatchObject({ code: 0, stdout: '4711\n', stderr: notice })
    expect(sent()).toBeUndefined()
    const trusted = await typed('config trust')
    expect(trusted).toMatchObject({ code: 0, stdout: '' })
    expect(trusted.stderr).toContain(path)
    expect(await typed(line)).toMatchObject({ code: 0, stderr: '' })
    expect(sent()).toBe('x')
  })

  test('where the program flock is missing, that is said, and it is trusted', async () => {
    rc('variables: { A: x }\n')
    expect((await typed('config trust')).stderr).not.toContain('flock')
    rc('variables: { A: y }\n')
    const { code, stderr } = await typed('config trust', '', { env: { PATH: home().root } })
    expect(code).toBe(0)
    expect(stderr).toMatch(
      /^warning: the program flock is not installed; .*\nIt is trusted until it changes\.\n$/m,
    )
    expect(await typed(line)).toMatchObject({ code: 0, stderr: '' })
    expect(sent()).toBe('y')
  })

  test.each(['package.json', './package.json'])('config trust %s: its gitlab-trigger key', async (word) => {
    rc('{\n  "name": "x",\n  "gitlab-trigger": {"variables": {"A": "x"}}\n}\n', 'package.json')
    expect(await typed(`config trust ${word}`)).toMatchObject({ code: 0 })
    expect(await typed(line)).toMatchObject({ code: 0, stderr: '' })
    expect(sent()).toBe('x')
  })

  const packages: [text: string, says: string][] = [
    [
      '{\n  "gitlab-trigger": {\n    "rfe": "x"\n  }\n}',
      ':3 gitlab-trigger.rfe: unknown; did you mean "ref"?',
    ],
    ['{\n  "gitlab-trigger": {\n    "ref": 1.2\n  }\n}', ':3 gitlab-trigger.ref'],
    ['{\n  "ref": "y",\n  "gitlab-trigger": {\n    "ref": 1.2\n  }\n}', ':4 gitlab-trigger.ref'],
    ['{\n  "gitlab-trigger": {\n    "servers": {}\n  }\n}', ':3 gitlab-trigger.servers'],
    ['{\n  "gitlab-trigger": "x"\n}', ':2 gitlab-trigger'],
  ]
  test.each(packages)('package.json %j is refused at %s', async (text, says) => {
    const path = rc(text, 'package.json')
    const { code, stderr } = await typed('config trust package.json')
    expect(stderr).toContain(`${path}${says}`)
    expect(code).toBe(14)
  })

  const others: [name: string, text: string][] = [
    ['40 deep', `"jest": ${'{"a":'.repeat(40)}1${'}'.repeat(40)}`],
    ['a dependency called constructor', '"dependencies": {"constructor": "1.0.0"}'],
    ['many values', `"files": [${'0,'.repeat(30_000)}0]`],
  ]
  test.each(others)('package.json: what others keep there is no concern of ours: %s', async (_, text) => {
    rc(`{${text}, "gitlab-trigger": {"variables": {"A": "x"}}}`, 'package.json')
    expect(await typed('config trust package.json')).toMatchObject({ code: 0 })
    await typed(line)
    expect(sent()).toBe('x')
  })

  test('package.json without the key: there is nothing to trust', async () => {
    rc('{"name": "x"}', 'package.json')
    const { code, stderr } = await typed('config trust package.json')
    expect([2, 14]).toContain(code)
    expect(stderr).toContain('gitlab-trigger')
  })

  test('without a file: told its name', async () => {
    const { code, stdout, stderr } = await typed('config trust')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('.gitlab-triggerrc')
  })

  test('a path that is not there', async () => {
    const { code, stderr } = await typed('config trust missing.yaml')
    expect(code).toBe(14)
    expect(stderr).toContain('missing.yaml')
  })

  test('records path and content for this user alone, in the state folder', async () => {
    rc('variables: { A: x }\n')
    await typed('config trust')
    const files = filesBelow(home().state)
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) expect(statSync(file).mode & 0o077).toBe(0)
    expect(statSync(home().state).mode & 0o077).toBe(0)
  })

  test('XDG_STATE_HOME', async () => {
    rc('variables: { A: x }\n')
    const options = home().world({ env: { XDG_STATE_HOME: join(home().root, 'elsewhere') } })
    expect(await run('config trust', options)).toMatchObject({ code: 0 })
    expect(filesBelow(join(home().root, 'elsewhere', 'gitlab-trigger')).length).toBeGreaterThan(0)
    expect(await run(line, options)).toMatchObject({ code: 0 })
    expect(sent()).toBe('x')
  })

  test('no folder to remember it in', async () => {
    rc('variables: { A: x }\n')
    const { code, stderr } = await run('config trust', { cwd: home().checkout, env: {} })
    expect(code).toBe(14)
    expect(stderr).toMatch(/HOME|XDG_STATE_HOME/)
  })

  test('two checkouts: the trust of one is not that of the other, the same content or not', async () => {
    rc('variables: { A: x }\n')
    home().write('work/other/.git/HEAD', '')
    home().write('work/other/.gitlab-triggerrc.yaml', 'variables: { A: x }\n')
    await typed('config trust')
    expect(await typed(line, '../other')).toMatchObject({ code: 0 })
    expect(sent()).toBeUndefined()
    await typed('config trust', '../other')
    await typed(line, '../other')
    expect(sent()).toBe('x')
    await typed(line)
    expect(sent()).toBe('x')
  })

  test('a record that was damaged trusts nothing', async () => {
    rc('variables: { A: x }\n')
    await typed('config trust')
    home().write('home/.local/state/gitlab-trigger/trusted.json', '{"broken')
    expect(await typed(line)).toMatchObject({ code: 0 })
    expect(sent()).toBeUndefined()
  })

  test('a record that is a FIFO holds nothing up, and trusts nothing', async () => {
    rc('variables: { A: x }\n')
    mkdirSync(home().state, { recursive: true })
    execFileSync('mkfifo', ['-m', '600', join(home().state, 'trusted.json')])
    expect(await typed(line)).toMatchObject({ code: 0 })
    expect(sent()).toBeUndefined()
  })
})

describe('config trust shows what it trusts', () => {
  const text = `default: work
project: seed/app
variables: { A: c4n4ry, B: c4n4ry }
recipes:
  nightly:
    ref: master
    exitCodes: { 3: 0 }
    inputs: { replicas: [c4n4ry] }
    targets:
      - { ref: develop }
      - { project: 10, variables: { C: c4n4ry } }
`
  const says = [
    '  server: work',
    '  project: seed/app',
    '  variables: A, B',
    '  recipes:',
    '    nightly:',
    '      ref: master',
    '      exitCodes:',
    '        3: 0',
    '      inputs: replicas',
    '      targets:',
    '        target 1:',
    '          ref: develop',
    '        target 2:',
    '          project: 10',
    '          variables: C',
    'It is trusted until it changes.',
  ]
  test('names of servers, projects, refs, recipes and variables; no value of a variable', async () => {
    const path = rc(text)
    const { code, stderr } = await typed('config trust')
    expect(code).toBe(0)
    expect(stderr).toBe([`${path} says:`, ...says, ''].join('\n'))
    expect(await typed('config trust')).toMatchObject({ code: 0, stderr })
  })

  test('before it is recorded: also where that fails', async () => {
    rc(text)
    const { code, stderr } = await run('config trust', { cwd: home().checkout, env: {} })
    expect(code).toBe(14)
    expect(stderr).toContain('project: seed/app')
    expect(stderr).not.toContain('It is trusted')
  })

  test('a file with nothing in it', async () => {
    rc('{}\n')
    expect((await typed('config trust')).stderr).toContain('(nothing)')
  })

  test('what could turn the terminal around is made visible (T86), and nothing is endless', async () => {
    rc(`ref: "a\\e[31m\\u202eb\\nIt is trusted"\nproject: "${'x'.repeat(5000)}"\n`)
    const { stderr } = await typed('config trust')
    expect(stderr).toContain('  ref: a^[[31m<U+202E>b It is trusted\n')
    expect(stderr.length).toBeLessThan(1000)
  })
})

describe('a run with a trusted file says so in one line, where somebody looks on', () => {
  const line = 'run nightly'
  beforeEach(async () => {
    rc('default: work\nproject: seed/app\nrecipes: { nightly: { ref: master } }\n')
    await typed('config trust')
  })
  const using = (): string =>
    `Using ${join(home().checkout, '.gitlab-triggerrc.yaml')}: project seed/app at ${gitlab().url}\n`

  test.each<[name: string, options: WorldOptions]>([
    ['at a terminal', { tty: ['stderr'], env: { NO_COLOR: '1' } }],
    ['in a log of CI', { env: { CI: 'true' } }],
  ])('%s', async (_, options) => {
    const { code, stdout, stderr } = await run(line, home().world(options))
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
    expect(stderr.startsWith(using())).toBe(true)
    expect(stderr.split('\n')).toHaveLength(3)
  })

  test('also with --dry-run, --json and --verbose', async () => {
    for (const flags of ['--dry-run', '--json', '--verbose']) {
      const { stdout, stderr } = await run(`${line} ${flags}`, home().world({ tty: ['stderr'] }))
      expect(stderr).toContain(using())
      expect(stdout).not.toContain('Using')
    }
  })

  test('before a program of the server is asked for its token', async () => {
    home().config(serverYaml(gitlab(), 'tokenCommand: [/nothing/at/all]'))
    const { code, stderr } = await run(line, home().world({ tty: ['stderr'] }))
    expect(code).toBe(14)
    expect(stderr.startsWith(using())).toBe(true)
  })

  test('of several targets all projects', async () => {
    rc('default: work\nrecipes: { nightly: { ref: master, targets: [{ project: 9 }, { project: 10 }] } }\n')
    await typed('config trust')
    const { stderr } = await run(line, home().world({ tty: ['stderr'] }))
    expect(stderr).toContain(`: project 9, 10 at ${gitlab().url}\n`)
  })

  test('not for cron, not with --quiet, and not without such a file', async () => {
    expect(await typed(line)).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
    const quiet = home().world({ tty: ['stderr'] })
    expect(await run(`${line} --quiet`, quiet)).toMatchObject({ code: 0, stdout: '', stderr: '' })
    const { stderr } = await typed('--project 9 --ref master', '..', { tty: ['stderr'] })
    expect(stderr).not.toContain('Using')
  })
})

describe('where the file of a project is looked for', () => {
  test.each([
    ['', 'x'],
    ['sub', 'x'],
    ['sub/deep', 'x'],
    ['..', undefined],
    ['../other', undefined],
  ])('from %j: %j', async (cwd, value) => {
    rc('variables: { A: x }\n')
    for (const name of ['sub/deep', '../other']) mkdirSync(join(home().checkout, name), { recursive: true })
    await typed('config trust')
    expect(await typed(line, cwd)).toMatchObject({ code: 0, stderr: '' })
    expect(sent()).toBe(value)
  })

  test.each(['', 'sub'])('not above the root of the repository, also a trusted one: from %j', async (cwd) => {
    mkdirSync(join(home().checkout, 'sub'))
    home().write('work/.gitlab-triggerrc.yaml', 'variables: { A: x }\n')
    expect(await typed('config trust', '..')).toMatchObject({ code: 0 })
    expect(await typed(line, cwd)).toMatchObject({ code: 0 })
    expect(sent()).toBeUndefined()
    await typed(line, '..')
    expect(sent()).toBe('x')
  })

  test('the nearest one', async () => {
    rc('variables: { A: root }\n')
    rc('variables: { A: sub }\n', 'sub/.gitlab-triggerrc')
    await typed('config trust')
    await typed('config trust', 'sub')
    await typed(line, 'sub')
    expect(sent()).toBe('sub')
    await typed(line)
    expect(sent()).toBe('root')
  })

  test('a worktree, whose .git is a file', async () => {
    home().write('work/tree/.git', 'gitdir: ../checkout/.git/worktrees/tree\n')
    home().write('work/tree/.gitlab-triggerrc.yaml', 'variables: { A: x }\n')
    mkdirSync(join(home().checkout, '../tree/sub'))
    expect(await typed('config trust', '../tree/sub')).toMatchObject({ code: 0 })
    await typed(line, '../tree/sub')
    expect(sent()).toBe('x')
  })
})

test.each([
  ['run nightly', 'recipe'],
  ['run --server nightly --ref master', 'server'],
])('%s, which only an untrusted file defines: it is named, and how to trust it', async (words, what) => {
  const path = rc(
    'recipes: { nightly: { ref: master } }\nservers: { nightly: { url: https://gitlab.example.com } }\n',
  )
  const { code, stderr } = await typed(words)
  expect(code).toBe(14)
  expect(stderr).toContain(`there is no ${what} "nightly"`)
  expect(stderr).toContain(`${path} is not used until you trust it: gitlab-trigger config trust.`)
})
