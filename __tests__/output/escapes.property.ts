import { attacks, unsafeCharacters } from '../helpers/attacks.ts'
import { environment, useOneGitlab } from '../helpers/gitlab.ts'
import { fifthOf } from '../helpers/property.ts'
import { run, type Result } from '../helpers/run.ts'
import type { WorldOptions } from '../helpers/world.ts'

/** The ways of printing, each with flags and a world. */
const modes: [name: string, flags: string, options: WorldOptions][] = [
  ['terminal', '', { tty: ['stdout', 'stderr'], env: {} }],
  ['pipe', '', { env: { CI: 'true' } }],
  ['--json', '--json', { tty: ['stdout', 'stderr'], env: {} }],
  ['NO_COLOR', '', { tty: ['stdout', 'stderr'], env: { NO_COLOR: '1' } }],
  ['TERM=dumb', '', { tty: ['stdout', 'stderr'], env: { TERM: 'dumb' } }],
  ['--verbose', '--verbose', { tty: ['stdout', 'stderr'], env: {} }],
  ['forced colours', '', { env: { CI: 'true', FORCE_COLOR: '1' } }],
]

/** Only these are ours: bold, dim, red, green and their ends. */
const ownColors = /\x1b\[(1|2|22|31|32|39|0)m/g

function expectHarmless({ stdout, stderr }: Result, mode: string): void {
  const isColored = !['NO_COLOR', 'TERM=dumb', 'pipe'].includes(mode)
  expect(isColored ? stderr.replace(ownColors, '') : stderr).not.toMatch(unsafeCharacters)
  expect(stdout).not.toMatch(unsafeCharacters)
}

const json = 'application/json'

describe.each(modes.map((mode, at) => [...mode, at] as const))('on %s', (mode, flags, options, at) => {
  const gitlab = useOneGitlab()

  const look = (typed: string): Promise<Result> =>
    run(`${typed} ${flags}`, { ...options, env: environment(gitlab(), options.env).env! })

  test.each(fifthOf(attacks, at + 0))('%s in what GitLab says of a failure (T86-T90)', async (_, text) => {
    const answers: [status: number, body: string, contentType: string, exit: number][] = [
      [400, JSON.stringify({ message: text }), json, 5],
      [400, JSON.stringify({ message: { [text]: [text] } }), json, 5],
      [422, JSON.stringify({ error: text, error_description: text }), json, 3],
      [502, text, 'text/plain', 7],
      [200, `<title>${text}</title>`, 'text/html', 7],
    ]
    for (const [status, body, contentType, exit] of answers) {
      gitlab().failNext({ kind: 'answer', status, body, contentType })
      const result = await look('--ref master')
      expectHarmless(result, mode)
      expect(result.code).toBe(exit)
      // Nor can it look like several lines of ours.
      if (mode !== '--verbose')
        expect(result.stderr.trimEnd().split(/\n(?! {2}\S)/).length).toBeLessThanOrEqual(3)
    }
  })

  test.each(fifthOf(attacks, at + 1))('%s in a pipeline (T86-T90)', async (_, text) => {
    const pipeline = {
      id: 4711,
      ref: text,
      status: text,
      source: text,
      sha: text,
      web_url: `${gitlab().url}/${text}`,
    }
    gitlab().failNext({ kind: 'answer', status: 201, body: JSON.stringify(pipeline), contentType: json })
    const result = await look('--ref master')
    expectHarmless(result, mode)
    expect(result.code).toBe(0)
    if (mode === '--json') expect(JSON.parse(result.stdout)).toMatchObject(pipeline)
    else expect(result.stdout).toBe('4711\n')
  })

  test.each(fifthOf(attacks, at + 2))('%s in why it failed (T86-T90)', async (_, text) => {
    const pipeline = { id: 4711, ref: 'master', status: 'failed', yaml_errors: text }
    gitlab().failNext({ kind: 'answer', status: 201, body: JSON.stringify(pipeline), contentType: json })
    const result = await look('--ref master')
    expectHarmless(result, mode)
    expect(result.code).toBe(3)
  })

  test.each(fifthOf(attacks, at + 3))('%s in the name of a job (T86-T90)', async (_, text) => {
    const jobs = [{ id: 9001, name: text, stage: text, status: text }]
    gitlab().failNext({
      kind: 'answer',
      path: '/jobs?',
      status: 200,
      body: JSON.stringify(jobs),
      contentType: json,
    })
    const env = { ...options.env, GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }
    const result = await run(`--ref master --jobs ${flags}`, {
      ...options,
      env: environment(gitlab(), env).env!,
    })
    expectHarmless(result, mode)
    expect(result.code).toBe(0)
    if (mode === '--json') expect(JSON.parse(result.stdout)).toMatchObject({ jobs })
    else expect(result.stdout).toMatch(/^47\d\d\n9001\n$/)
  })

  test.each(['http://evil.example/\x9b31m', '/\x9b2J', 'http://[\x9b31m', 'javascript:\x9b'])(
    'C1 in a Location: %j',
    async (location) => {
      gitlab().failNext({ kind: 'answer', status: 302, headers: { location } })
      const result = await look('--ref master')
      expectHarmless(result, mode)
      expect(result.code).toBe(5)
    },
  )

  test.each(fifthOf(attacks, at + 4))('%s in what was typed', async (_, text) => {
    const lines: [line: string[], exits: number[]][] = [
      [['--timeout', text], [2]],
      [['--api', text], [2]],
      [['--var', `${text}=1`], [2]],
      // One that only looks odd is for GitLab to refuse.
      [
        ['--ref', text],
        [2, 5],
      ],
      [[`--x${text}`], [2]],
      // The name of a recipe that no config has.
      [[text], [2]],
    ]
    for (const [line, exits] of lines) {
      const typed = [...line, ...flags.split(' ').filter(Boolean)]
      const result = await run(typed, {
        ...options,
        env: environment(gitlab(), { ...options.env, A: text }).env!,
      })
      expectHarmless(result, mode)
      expect(exits).toContain(result.code)
    }
  })

  test.each(fifthOf(attacks, at + 5))('%s in values that --dry-run and --curl show', async (_, text) => {
    if (text.includes('\x00')) return
    for (const flag of ['--dry-run', '--curl']) {
      const typed = ['--ref', 'master', flag, '--var', `A=${text}`, '--input', `b=${text}`]
      const result = await run(typed, { ...options, env: environment(gitlab(), options.env).env! })
      expect(result.code).toBe(0)
      expectHarmless(result, mode)
    }
  })
})

describe('with --json', () => {
  const gitlab = useOneGitlab()
  test.each(attacks.filter(([, text]) => !/\s/.test(text)))(
    '%s arrives exactly in the error',
    async (_, text) => {
      gitlab().failNext({
        kind: 'answer',
        status: 400,
        body: JSON.stringify({ message: text }),
        contentType: json,
      })
      const { stdout } = await run('--ref master --json', environment(gitlab()))
      const { error } = JSON.parse(stdout) as { error: { message: string } }
      expect(error.message).toContain(text)
    },
  )
})

describe('a web_url is a link only to the server itself (T84)', () => {
  const gitlab = useOneGitlab()
  const rows: [name: string, url: (own: URL) => string, isLink: boolean][] = [
    ['its own', (own) => `${own.origin}/seed/app/-/pipelines/4711`, true],
    ['another host', () => 'https://evil.example/seed/app', false],
    ['another port', (own) => `http://127.0.0.1:${Number(own.port) - 1}/x`, false],
    ['another scheme', (own) => `https://${own.host}/x`, false],
    ['its own as a user name', (own) => `http://127.0.0.1:${own.port}@evil.example/`, false],
    ['its own as the start of a host', () => 'http://127.0.0.1.evil.example/', false],
    ['javascript:', () => 'javascript:alert(1)', false],
    ['data:', () => 'data:text/html,x', false],
    ['no URL', () => 'seed/app/-/pipelines/4711', false],
    ['nothing', () => '', false],
  ]
  test.each(rows)('%s', async (_, urlOf, isLink) => {
    const url = urlOf(new URL(gitlab().url))
    const body = JSON.stringify({ id: 4711, ref: 'master', status: 'created', web_url: url })
    gitlab().failNext({ kind: 'answer', status: 201, body, contentType: json })
    const { code, stderr } = await run('--ref master', environment(gitlab(), { CI: 'true' }))
    expect(code).toBe(0)
    expect(stderr).toBe(`Pipeline 4711 (ref master): created${isLink ? ` ${url}` : ''}\n`)
  })
})
