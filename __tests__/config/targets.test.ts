import { readFileSync } from 'node:fs'
import { posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'
import { statesIn } from '../helpers/pipeline-sentences.ts'

const gitlab = useGitlab()
const home = useHome()

function typed(line: string, env: Record<string, string> = {}): Promise<Result> {
  return run(line, home().world({ env: { GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger, ...env } }))
}

/** A recipe `all` with these targets, and these further lines. */
function write(targets: readonly string[], ...lines: string[]): string {
  const recipe = ['recipes:', '  all:', ...lines.map((line) => `    ${line}`), '    targets:']
  return home().config(
    [serverYaml(gitlab()).trimEnd(), ...recipe, ...targets.map((each) => `      - ${each}`), ''].join('\n'),
  )
}

/** The POSTs in order: project, and ref or variable. */
const sent = (name = 'ref'): string[] =>
  posts(gitlab()).map(({ path, fields }) => {
    const [, project = ''] = /projects\/([^/]+)\//.exec(path) ?? []
    const value = fields.find(([field]) => field === name)?.[1].toString() ?? ''
    return `${decodeURIComponent(project)} ${value}`
  })

const three = ['{ project: 9, ref: master }', '{ project: seed/app, ref: develop }', '{ ref: v1.0 }']

describe('several targets in one recipe', () => {
  test('are triggered in order, one id a line', async () => {
    write(
      ['{ project: 9, ref: master }', '{ project: seed/app, ref: master }', '{ variables: { A: x } }'],
      'project: 9',
      'ref: master',
    )
    expect(await typed('run all')).toMatchObject({ code: 0, stdout: '4711\n4712\n4713\n', stderr: '' })
    expect(sent()).toEqual(['9 master', 'seed/app master', '9 master'])
  })

  test('each takes what it leaves open from the recipe, the server and the file', async () => {
    write(
      ['{ variables: { A: one } }', '{ variables: { B: two } }', '{}'],
      'project: 9',
      'ref: master',
      'variables: { A: all }',
    )
    expect(await typed('run all --var C=flag')).toMatchObject({ code: 0 })
    const of = (name: string): string[] => sent(`variables[${name}]`)
    expect(of('A')).toEqual(['9 one', '9 all', '9 all'])
    expect(of('B')).toEqual(['9 ', '9 two', '9 '])
    expect(of('C')).toEqual(['9 flag', '9 flag', '9 flag'])
  })

  test('flags override them all', async () => {
    write(three, 'project: 9')
    await typed('run all --project 9')
    expect(sent()).toEqual(['9 master', '9 develop', '9 v1.0'])
  })

  const inServer = (entry: string): string[] => [
    `servers: { w: { url: ${gitlab().url}, token: ${gitlab().tokens.trigger}, projects: ${entry} } }`,
    'default: w',
  ]
  const two = '[{ ref: master }, { ref: develop }]'
  const byName = '[{ project: 9 }, { project: Seed/app }]'
  test.each([
    ['run t -r develop', two, {}, /t\.2: it sends the same as t\.1, because of --ref\n.*\nLeave --ref out/],
    [
      'run t',
      two,
      { GITLAB_TRIGGER_REF: 'master' },
      /t\.2: it sends the same as t\.1, because of environment variable GITLAB_TRIGGER_REF\n.*\nLeave GITLAB_TRIGGER_REF out/,
    ],
    ['run t r -r develop', two, {}, /t\.2: it sends the same as t\.1, because of --ref\n/],
    ['run t -r develop --dry-run', two, {}, /t\.2: it sends the same as t\.1, because of --ref\n/],
    ['run t -r develop --curl', two, {}, /t\.2: it sends the same as t\.1, because of --ref\n/],
    ['schedule curl t -r develop', two, {}, /t\.2: it sends the same as t\.1, because of --ref\n/],
    ['run t -p 9 -r x', '[{ project: 9 }, { project: 10 }]', {}, /because of --project\n/],
    [
      'run t -r master --var A=x',
      '[{ variables: { A: a } }, { variables: { A: b } }]',
      {},
      /because of --var\n/,
    ],
    ['run t -r master', byName, {}, /t\.2: it sends the same as t\.1\n/],
    ['run -p 9 -p seed/app -r master', byName, {}, /seed\/app: it sends the same as 9\n/],
    ['run -p seed/App -p seed/app -r master', byName, {}, /seed\/app: it sends the same as seed\/App\n/],
  ])(
    'two that a flag or a second name makes the same are refused: %s of %s',
    async (line, targets, env, says) => {
      home().config(
        [
          ...inServer('{ seed/app: { id: 9 } }'),
          `recipes: { t: { project: 9, targets: ${targets} }, r: { project: 9, ref: master } }`,
          '',
        ].join('\n'),
      )
      const result = await typed(line, env)
      expect({ code: result.code, posts: posts(gitlab()) }).toEqual({ code: 2, posts: [] })
      expect(result.stderr).toMatch(says)
    },
  )

  test('the two names of a project are known from an earlier answer of its server, too', async () => {
    const env = { GITLAB_TRIGGER_TOKEN: '', GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }
    home().config(
      [
        `servers: { w: { url: ${gitlab().url}, projects: { 9: { token: ${gitlab().tokens.trigger} } } } }`,
        'default: w',
        '',
      ].join('\n'),
    )
    const result = await typed('run -p 9 -p seed/app -r master', env)
    expect({ code: result.code, posts: posts(gitlab()) }).toEqual({ code: 2, posts: [] })
    expect(result.stderr).toMatch(/seed\/app: it sends the same as 9\n/)
  })

  test('one that fails does not stop the others; it is named, and its code is the end', async () => {
    write(
      ['{ ref: master }', '{ ref: nowhere }', '{ project: 10, ref: main }', '{ ref: master }'],
      'project: 9',
    )
    const { code, stdout, stderr } = await typed('run all')
    expect(stdout).toBe('4711\n-\n-\n4712\n')
    expect(code).toBe(4)
    expect(sent()).toEqual(['9 master', '9 nowhere', '10 main', '9 master'])
    expect(stderr).toMatch(/9 on nowhere/)
    expect(stderr).toMatch(/10 on main/)
    expect(stderr).not.toMatch(/9 on master/)
    expect(statesIn(stderr)).toEqual(['No pipeline was created.', 'No pipeline was created.'])
  })

  const rerun = 'A plain rerun triggers again what has a pipeline already.\nTo trigger only the others'
  // prettier-ignore
  test.each([
    ['run all', ['{ ref: master }', '{ ref: nowhere }'], `${rerun}: gitlab-trigger run --project 9 --ref nowhere\n`],
    ['run all --timeout 9s', ['{ ref: nowhere }', '{ project: 9, ref: gone }', '{ ref: master }'], `${rerun}: gitlab-trigger run --project 9 --ref nowhere --ref gone --timeout 9s\n`],
    ['run all', ['{ ref: master, server: work }', '{ ref: gone, server: work }'], `${rerun}: gitlab-trigger run --server work --project 9 --ref gone\n`],
    ['run all', ['{ ref: master }', '{ ref: nowhere, variables: { A: b } }'], `${rerun}, give each of them a recipe of its own.`],
    ['run all --var A=b', ['{ ref: master }', '{ ref: nowhere }'], `${rerun}, repeat the command with only: --project 9 --ref nowhere\n`],
    ['run all --once K', ['{ ref: master }', '{ ref: nowhere }'], undefined],
    ['run all', ['{ ref: gone }', '{ ref: nowhere }'], undefined],
    ['run all', ['{ ref: master }', '{ ref: develop }'], undefined],
  ])('how to trigger the others after %s of %j', async (line, targets, says) => {
    write(targets, 'project: 9')
    const { stderr } = await typed(line)
    if (says === undefined) expect(stderr).not.toMatch(/plain rerun|only the others/)
    else expect(stderr).toContain(says)
  })

  const worst: [targets: string[], faults: [status: number, code: number][], code: number][] = [
    [['{ ref: master }', '{ ref: nowhere }'], [], 5],
    [['{ ref: nowhere }', '{ project: 11, ref: master }'], [], 4],
    [['{ ref: nowhere }', '{ ref: master }'], [[500, 7]], 7],
    [['{ ref: master }', '{ ref: nowhere }'], [[500, 7]], 7],
  ]
  test.each(worst)('%j with %j: the worst code is %s', async (targets, faults, code) => {
    write(targets, 'project: 9')
    for (const [status] of faults) gitlab().failNext({ kind: 'answer', method: 'POST', status, body: 'oops' })
    expect(await typed('run all')).toMatchObject({ code })
    expect(posts(gitlab())).toHaveLength(targets.length)
  })

  test('--json: one object a target, failed ones too', async () => {
    write(['{ ref: master }', '{ ref: nowhere }', '{ ref: master }'], 'project: 9')
    const { code, stdout } = await typed('run all --json')
    expect(code).toBe(5)
    const objects = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(objects).toMatchObject([
      { target: 'all.1', id: 4711, ref: 'master', build_state: 'triggered', exit_code: 0 },
      { target: 'all.2', id: null, ref: 'nowhere', build_state: 'none', exit_code: 5, project_id: 9 },
      { target: 'all.3', id: 4712, ref: 'master', build_state: 'triggered', exit_code: 0, error: null },
    ])
  })

  test('--events: every line has the name of its target, as with batch', async () => {
    write(['{ ref: master }', '{ ref: nowhere }'], 'project: 9')
    const { stdout } = await typed('run all --events')
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { type: 'triggered', target: 'all.1' },
      { type: 'ended', target: 'all.1' },
      { type: 'failed', target: 'all.2' },
    ])
  })

  test('--log-file names them', async () => {
    write(['{ ref: master }', '{ ref: master }'], 'project: 9')
    const path = home().write('log', '')
    await typed(`run all --log-file ${path}`)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      targets: [{ target: 'all.1' }, { target: 'all.2' }],
    })
  })

  test.each([
    ['--quiet', ''],
    ['--dry-run --json', 3],
    ['--curl', 3],
    ['--jobs', 6],
  ])('%s', async (flags, expected) => {
    write(['{ ref: master }', '{ ref: master }', '{ ref: master }'], 'project: 9')
    const { code, stdout } = await typed(`run all ${flags}`, {
      GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api,
    })
    expect(code).toBe(0)
    if (typeof expected === 'string') expect(stdout).toBe(expected)
    else expect(stdout.split('\n').filter((line) => /\S/.test(line)).length).toBeGreaterThanOrEqual(expected)
    if (/dry|curl/.test(flags)) expect(gitlab().requests).toEqual([])
    else expect(posts(gitlab())).toHaveLength(3)
  })

  test.each([
    ['run all', ['stderr', 'stdout'], /has 2 targets\.\n[^]*4711[^]*4712/],
    ['run all --verbose', [], /has 2 targets\.\n([^]*POST .*\/9\/trigger){2}/],
    ['run all --quiet', ['stderr', 'stdout'], /^$/],
    ['run all', [], /^$/],
  ] as const)('%s with terminals %j: how many there are, and each of them', async (line, tty, says) => {
    write(['{ ref: master }', '{ ref: master }'], 'project: 9')
    const env = { GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger }
    const { stdout, stderr } = await run(line, home().world({ env, tty: [...tty] }))
    expect(stderr).toMatch(says)
    expect(stdout).toBe(line.endsWith('quiet') ? '' : '4711\n4712\n')
  })

  const bad: [name: string, target: string, code: number, says: string][] = [
    ['no ref', '{ project: 9 }', 2, 'no ref given'],
    ['a bad project', '{ project: nope, ref: master }', 14, 'config.yaml'],
    ['a bad ref', '{ ref: "a b" }', 14, 'config.yaml'],
    ['a bad variable', '{ ref: master, variables: { TRIGGER_PAYLOAD: x } }', 14, 'TRIGGER_PAYLOAD'],
    ['an unknown key', '{ rfe: master }', 14, 'did you mean "ref"?'],
    ['a server that nobody knows', '{ server: wrok, ref: master }', 14, 'did you mean "work"?'],
  ]
  test.each(bad)('%s in the last one stops all before the first POST', async (_, target, code, says) => {
    write(['{ ref: master }', target], 'project: 9')
    const result = await typed('run all')
    expect(result).toMatchObject({ code, stdout: '' })
    expect(result.stderr).toContain(says)
    expect(result.stderr).toContain('No pipeline was created.')
    expect(gitlab().requests).toEqual([])
  })

  test('a bad flag too', async () => {
    write(['{ ref: master }', '{ ref: master }'], 'project: 9')
    expect(await typed('run all --var-file A=missing')).toMatchObject({ code: 2, stdout: '' })
    expect(gitlab().requests).toEqual([])
  })

  test('one that is not started on purpose has a line, too; JSON and --quiet have none', async () => {
    write(['{ ref: master }', '{ ref: master }'], 'project: 9')
    gitlab().addPipeline({ ref: 'master', source: 'trigger', status: 'running' })
    const api = { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }
    expect(await typed('run all --skip-if-running', api)).toMatchObject({ code: 10, stdout: '-\n-\n' })
    expect((await typed('run all --skip-if-running --quiet', api)).stdout).toBe('')
    for (const flag of ['--json', '--events'])
      expect((await typed(`run all --skip-if-running ${flag}`, api)).stdout).not.toMatch(/^-/m)
  })

  test('a line for no id that cannot be written is exit 11, and the rest is triggered', async () => {
    write(['{ ref: nowhere }', '{ ref: master }'], 'project: 9')
    const env = { GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger }
    const { code } = await run('run all', home().world({ env, broken: { stdout: 'ENOSPC' } }))
    expect(code).toBe(11)
    expect(sent()).toEqual(['9 nowhere', '9 master'])
  })

  test('exitCodes look at the worst end', async () => {
    write(['{ ref: master }', '{ ref: nowhere }'], 'project: 9', 'exitCodes: { 5: 33, 0: 44 }')
    expect(await typed('run all')).toMatchObject({ code: 33, stdout: '4711\n-\n' })
  })

  test('one target in a list is as none in a list', async () => {
    write(['{ ref: nowhere }'], 'project: 9')
    const { code, stderr } = await typed('run all')
    expect(code).toBe(5)
    expect(statesIn(stderr)).toEqual(['No pipeline was created.'])
  })
})
