import { environment, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run, words, type Line, type Result } from '../helpers/run.ts'
import { none } from '../helpers/pipeline-sentences.ts'
import type { WorldOptions } from '../helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()

const failed = (line: Line, options: WorldOptions = {}): Promise<Result> =>
  run(line, { ...options, env: { ...environment(gitlab()).env, ...options.env } })

const row = (mail: string, name: string): string | undefined =>
  new RegExp(`^${name} {2,}(.*)$`, 'm').exec(mail)?.[1]

test('a failure that nobody watches is one block with all that is asked in the morning', async () => {
  const { code, stdout, mail } = await failed(['--ref', 'nowhere', '--var', 'A=c4n4ry', '--timeout', '30s'])
  expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
  expect(mail).toMatch(
    /^gitlab-trigger: GitLab answered 400: Reference not found\nNo pipeline was created\.\nIs there/,
  )
  expect(row(mail, 'time')).toMatch(/^2026-11-22T\d\d:00:00[+-]\d\d:\d\d$/)
  expect(Date.parse(row(mail, 'time') ?? '')).toBe(Date.UTC(2026, 10, 22, 12))
  expect(row(mail, 'host')).toBe('here')
  expect(row(mail, 'command')).toBe('gitlab-trigger --ref nowhere --var A=*** --timeout 30s')
  expect(row(mail, 'server')).toBe(gitlab().url)
  expect(row(mail, 'project')).toBe('9')
  expect(row(mail, 'ref')).toBe('nowhere')
  expect(row(mail, 'exit code')).toBe('5 (GitLab refused otherwise (400, 3xx, 405, 410, 413 ...))')
})

describe('what failed before anything was sent says what it would have been about', () => {
  const recipes = `recipes:
  nightly: { project: 9, ref: master }
  both: { project: 9, targets: [{ ref: master }, { ref: develop }] }
  half: { project: 9 }
`
  const shown = (mail: string): (string | undefined)[] =>
    ['command', 'server', 'project', 'ref'].map((name) => row(mail, name))

  test.each([
    ['nightly', '--lock ../x', 2, ['9', 'master']],
    ['nightly', '--token-file /nowhere', 2, ['9', 'master']],
    ['nightly', '--log-file /nowhere/x', 14, ['9', 'master']],
    ['nightly', '--heartbeat x', 2, ['9', 'master']],
    ['both', '--lock ../x', 2, ['9', undefined]],
    ['half', '', 2, ['9', undefined]],
  ])('run %s %s', async (recipe, flags, exit, [project, ref]) => {
    home().config(recipes)
    const { env } = environment(gitlab(), { GITLAB_TRIGGER_PROJECT: '' })
    const { code, mail } = await run(['run', recipe, ...words(flags)], home().world(env ? { env } : {}))
    expect(code).toBe(exit)
    expect(shown(mail)[0]).toMatch(new RegExp(`^gitlab-trigger run ${recipe}( |$)`))
    expect(shown(mail).slice(1)).toEqual([gitlab().url, project, ref])
  })
})

test.each([
  ['nowhere.token', 'Create it, or name another file.'],
  ['/nowhere.token', 'Create it, or name another file.'],
  ['/', 'Name a file.'],
])('a token file %s: the block says what to do', async (path, hint) => {
  const { code, mail } = await failed(['--ref', 'master', '--token-file', path], {
    env: { GITLAB_TRIGGER_TOKEN: '' },
  })
  expect(code).toBe(2)
  expect(mail.split('\n').slice(1, 4)).toEqual([none, hint, ''])
})

test.each<[line: string, api: string, project: string | undefined]>([
  ['tokens list', 'wrong', '9'],
  ['tokens revoke 31 99 --yes', '', '9'],
  ['refs', 'wrong', '9'],
  ['projects app', 'wrong', undefined],
])('%s: where that was', async (line, api, project) => {
  const token = api || gitlab().tokens.api
  const { code, mail } = await failed(line, { env: { GITLAB_TRIGGER_API_TOKEN: token } })
  expect(code).toBe(4)
  expect(row(mail, 'command')).toBe(`gitlab-trigger ${line}`)
  expect([row(mail, 'server'), row(mail, 'project'), row(mail, 'ref')]).toEqual([
    gitlab().url,
    project,
    undefined,
  ])
})

test.each([
  ['at a terminal', { tty: ['stderr'] }],
  ['in a CI job', { env: { CI: 'true' } }],
] as [string, WorldOptions][])('%s there is no such block', async (_, options) => {
  const { mail, stderr } = await failed('--ref nowhere', options)
  expect(mail).toBe(stderr)
})

test('--quiet is for success', async () => {
  const { mail } = await failed('--ref nowhere --quiet')
  expect(row(mail, 'exit code')).toMatch(/^5 /)
})

test('of several targets each that failed has its own', async () => {
  home().config('recipes:\n  all:\n    targets: [{ ref: nope }, { ref: master }, { ref: never }]\n')
  const { code, mail, stdout } = await run('run all', home().world({ env: environment(gitlab()).env ?? {} }))
  expect({ code, stdout }).toEqual({ code: 5, stdout: '-\n4711\n-\n' })
  expect([...mail.matchAll(/^ref {2,}(.*)$/gm)].map(([, ref]) => ref)).toEqual(['nope', 'never'])
  expect(row(mail, 'command')).toBe('gitlab-trigger run all')
  expect(mail).toMatch(/^exit code .*\n\n9 on never: /m)
})

test('a code that a recipe wants is said without our meaning of it', async () => {
  home().config('recipes:\n  soft:\n    ref: nope\n    exitCodes: { 5: 42 }\n')
  const { code, mail } = await run('run soft', home().world({ env: environment(gitlab()).env ?? {} }))
  expect(code).toBe(42)
  expect(row(mail, 'exit code')).toBe('42')
})

describe('the command is shown without what may be secret', () => {
  test.each([
    [['--ref', 'x', '--token', 'c4n4ry'], '--ref x --token ***'],
    [['--ref', 'x', '-t', 'c4n4ry'], '--ref x -t ***'],
    [['--ref', 'x', '-tc4n4ry'], '--ref x -t***'],
    [['--ref', 'x', '--token=c4n4ry'], '--ref x --token=***'],
    [['--tokne', 'c4n4ry', '--ref', 'x'], '--tokne *** --ref x'],
    [['--tokne=c4n4ry'], '--tokne=***'],
    [['-xc4n4ry'], '-x***'],
    [['--token-stdin=c4n4ry'], '--token-stdin=***'],
    [['--ref', '--token', 'c4n4ry'], '--ref --token ***'],
    [['c4n4ry'], '***'],
    [['run', 'c4n4ry'], 'run ***'],
    [['nightly-docs', '--nope'], 'nightly-docs --nope'],
    [['statsu', '4711', '--json'], 'statsu 4711 --json'],
    [['--server', 'wrok', '--ref', 'x', '--nope'], '--server wrok --ref x --nope'],
    [['run', '--token', 'c4n4ry', 'horse', '--nope'], 'run --token *** *** --nope'],
    [['run', '--token=c4n4ry', 'horse', '--nope'], 'run --token=*** *** --nope'],
    [['run', '-tc4n4ry', 'horse', '--nope'], 'run -t*** *** --nope'],
    [['--token-stdin', 'horse', '--nope'], '--token-stdin *** --nope'],
    [['--token-stdin', 'run', 'docs', '--nope'], '--token-stdin run docs --nope'],
    [['--tokne', 'horse', '--ref', 'x'], '--tokne *** --ref x'],
    [['--server', 'https://c4n4ry:c4n4ry@x', '--ref', 'x'], '--server https://***@x --ref x'],
    [['--server', 'https://me:c4n4ry/c4n4ry@x/-/y', '--ref', 'x'], '--server https://***@x/-/y --ref x'],
    [['--server', 'https://me:c4n4ry\\c4n4ry@x', '--ref', 'x'], '--server https://***@x --ref x'],
    [['--proxy', 'http://me:c4n4ry@x:1', '--ref', 'nowhere'], '--proxy http://***@x:1 --ref nowhere'],
    [['--ref', 'x', '--var=A=c4n4ry', '--nope'], '--ref x --var=A=*** --nope'],
    [['--ref', 'x', '--input', 'A=c4n4ry', '--nope'], '--ref x --input A=*** --nope'],
    [['--ref', 'x', '--heartbeat', 'https://x/c4n4ry', '--nope'], '--ref x --heartbeat https://x/*** --nope'],
    [['--ref', 'a b', '--nope'], "--ref 'a b' --nope"],
    [['wait', '4711', '--nope'], 'wait 4711 --nope'],
    [['batch', '-', '--nope'], 'batch - --nope'],
    [['batch', '/srv/plans/nightly.yml', '--nope'], 'batch /srv/plans/nightly.yml --nope'],
    [['batch', '../plans/nightly.yml', '--nope'], 'batch ../plans/nightly.yml --nope'],
    [['batch', '/srv/c4n4ry/nightly.yml', '--nope'], 'batch *** --nope'],
    [['batch', '/c4n4ry', '--nope'], 'batch *** --nope'],
  ])('%j', async (line, shown) => {
    const { code, mail } = await failed(line)
    expect(code).not.toBe(0)
    expect(row(mail, 'command')).toBe(`gitlab-trigger ${shown}`)
    expect(mail).not.toContain('c4n4ry')
  })
})

test('success prints the id only, --quiet nothing', async () => {
  expect(await failed('--ref master')).toMatchObject({ code: 0, stdout: '4711\n', mail: '' })
  expect(await failed('--ref master --quiet')).toMatchObject({ code: 0, stdout: '', mail: '' })
})
