import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Sandbox } from '../../src/sandbox/server.ts'
import { changingServer } from '../helpers/changing-server.ts'
import { checkoutOf } from '../helpers/checkout.ts'
import { lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'

// A project of the config is known by path and by number, once its server has told both.

const gitlab = useGitlab()
const other = useGitlab()
const home = useHome()
const { write: checkout } = checkoutOf(home, gitlab)

/** The lines of a server's entry. */
function server(name: string, { url, tokens }: Sandbox, named: string, ...more: string[]): string[] {
  return [
    `  ${name}:`,
    `    url: ${url}`,
    '    projects:',
    `      "${named}": { token: ${tokens.trigger}, ref: develop, variables: { FROM: entry } }`,
    ...more.map((line) => `    ${line}`),
  ]
}

/** One server whose config knows project 9 by this name; with an API token unless `more` says otherwise. */
function config(named: string, more = [`apiToken: ${gitlab().tokens.api}`]): void {
  home().config(['default: work', 'servers:', ...server('work', gitlab(), named, ...more), ''].join('\n'))
}

const typed = (line: string, env: Record<string, string> = {}): Promise<Result> =>
  run(line, home().world({ env }))

/** What was asked of a server: `GET /projects/9`. */
const asked = (sandbox: Sandbox): string[] =>
  sandbox.requests.map(
    ({ method, path }) => `${method} ${decodeURIComponent(path).replace('/api/v4', '').split('?')[0]}`,
  )

const folder = (): string => join(home().state, 'projects')

const fileOf = (url: string): string =>
  join(folder(), `${createHash('sha256').update(url).digest('hex').slice(0, 32)}.json`)

/** Writes what an earlier run has kept. */
function remembered(url: string, asked: string, id: number, path: string, of = url): void {
  mkdirSync(folder(), { recursive: true, mode: 0o700 })
  writeFileSync(fileOf(url), JSON.stringify({ server: of, projects: [{ asked, id, path }] }), { mode: 0o600 })
}

describe('a project that the config names otherwise', () => {
  test.each([
    ['seed/app', '9'],
    ['Seed/App', '9'],
    ['9', 'seed/app'],
    ['9', 'Seed/App'],
    // Where it was before it moved.
    ['9', 'seed/former'],
  ])('%s, typed as %s: its server is asked once, then it is known', async (named, project) => {
    config(named)
    expect(await typed(`run -p ${project}`)).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
    expect(lastFields(gitlab())).toMatchObject({
      token: gitlab().tokens.trigger,
      ref: 'develop',
      'variables[FROM]': 'entry',
    })
    const trigger = `POST /projects/${project}/trigger/pipeline`
    expect(asked(gitlab()).filter((line) => line === `GET /projects/${project}`)).toHaveLength(1)
    const before = gitlab().requests.length
    expect((await typed(`run -p ${project}`)).code).toBe(0)
    expect(
      asked(gitlab())
        .slice(before)
        .filter((line) => !line.includes('/pipelines')),
    ).toEqual([trigger])
    expect([folder(), fileOf(gitlab().url)].map((path) => statSync(path).mode & 0o777)).toEqual([
      0o700, 0o600,
    ])
    expect(readdirSync(folder())).toHaveLength(1)
    expect(readFileSync(fileOf(gitlab().url), 'utf8')).not.toContain(gitlab().tokens.api)
  })

  test('then it needs no API token, and what sends nothing knows it too', async () => {
    config('seed/app')
    expect((await typed('run -p 9 -r x -n')).stderr).toContain('no trigger token for 9 on work')
    expect(gitlab().requests).toEqual([])
    expect((await typed('run -p 9')).code).toBe(0)
    config('seed/app', [])
    const before = gitlab().requests.length
    expect((await typed('run -p 9 -n')).code).toBe(0)
    expect((await typed('config show -p 9')).stdout).toMatch(
      /^token = \(set, from [^]*\nvariables\.FROM = entry /m,
    )
    expect((await typed('schedule cron -p 9')).code).toBe(0)
    expect(gitlab().requests).toHaveLength(before)
    expect((await typed('run -p 9')).code).toBe(0)
  })

  test('in a recipe, in doctor, and where a checkout names it', async () => {
    config('9')
    expect((await typed('doctor -p seed/app')).code).toBe(0)
    home().config(
      [
        'recipes: { nightly: { server: work, project: seed/app } }',
        'servers:',
        ...server('work', gitlab(), '9', `apiToken: ${gitlab().tokens.api}`),
        '',
      ].join('\n'),
    )
    expect((await typed('run nightly')).code).toBe(0)
    checkout([`${gitlab().url}/seed/app.git`])
    const world = home().world({ stdin: 'y\n', tty: ['stdin', 'stderr'], env: { NO_COLOR: '1' } })
    const { code, stderr } = await run('run', world)
    // What is asked about is what the entry says, and what is sent.
    expect(stderr).toContain('Trigger seed/app on develop at ')
    expect({ code, ref: lastFields(gitlab())['ref'] }).toEqual({ code: 0, ref: 'develop' })
  })
})

describe('nothing is asked', () => {
  // prettier-ignore
  test.each<[why: string, line: string, env: Record<string, string>]>([
    ['with a token of its own', '-p 9 -r master --token TRIGGER', {}],
    ['with one in the environment', '-p 9 -r master', { GITLAB_TRIGGER_TOKEN: 'TRIGGER' }],
    ['by the name of the config', '-p seed/app', {}],
    ['by its page', '-p URL/seed/app', {}],
  ])('%s', async (_, line, env) => {
    config('seed/app', [`apiToken: ${gitlab().tokens.api}`])
    const { url, tokens } = gitlab()
    const fill = (text: string): string => text.replace('TRIGGER', tokens.trigger).replace('URL', url)
    const own = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)]))
    expect((await typed(`run --no-verify ${fill(line)}`, own)).code).toBe(0)
    expect(asked(gitlab())).toEqual([expect.stringMatching(/^POST /)])
    expect(() => readdirSync(folder())).toThrow('ENOENT')
  })
})

describe('a token goes to the server and the project of its entry only', () => {
  test('what one server has told is not believed of another', async () => {
    home().config(
      ['servers:', ...server('work', gitlab(), 'seed/app'), ...server('away', other(), 'seed/app'), ''].join(
        '\n',
      ),
    )
    remembered(gitlab().url, '9', 9, 'seed/app')
    // A file under the name of the other server that is not its own.
    remembered(other().url, '9', 9, 'seed/app', gitlab().url)
    expect((await typed('run -s work -p 9')).code).toBe(0)
    expect(await typed('run -s away -p 9 -r x')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no trigger token for 9 on away') as string,
    })
    expect(asked(other())).toEqual([])
  })

  test('what is known wrongly ends in a 404, and is forgotten', async () => {
    config('seed/app', [])
    remembered(gitlab().url, '11', 11, 'seed/app')
    expect(await typed('run -p 11')).toMatchObject({ code: 4, stdout: '' })
    expect(posts(gitlab())).toHaveLength(1)
    expect(await typed('run -p 11 -r x')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no trigger token for 11 on work') as string,
    })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('a project that was made anew under the old name is asked for again', async () => {
    config('9')
    remembered(gitlab().url, 'seed/app', 8, 'seed/app')
    expect((await typed('run -p seed/app')).code).toBe(0)
    expect(readFileSync(fileOf(gitlab().url), 'utf8')).toContain('"id":9')
  })

  test('an answer about another project is not believed', async () => {
    const liar = await changingServer(gitlab().url)
    try {
      liar.change = (body, { path }) =>
        path.endsWith('/projects/11') ? body.replace('"id":11', '"id":9') : undefined
      home().config(
        [
          'default: work',
          'servers:',
          ...server(
            'work',
            { ...gitlab(), url: liar.url },
            'seed/group/sub.dotted/deep',
            `apiToken: ${gitlab().tokens.api}`,
          ),
          '',
        ].join('\n'),
      )
      expect(await typed('run -p 11')).toMatchObject({ code: 2 })
      expect(posts(gitlab())).toEqual([])
    } finally {
      await liar.close()
    }
  })

  // prettier-ignore
  test.each([
    ['is not accepted', 'apiToken: glpat-aaaaaaaaaaaaaaaaaaaa'],
    ['does not exist', 'apiTokenEnv: NOT_SET'],
  ])('an API token that %s: as without one', async (_, line) => {
    config('seed/app', [line])
    expect(await typed('run -p 9')).toMatchObject({ code: 2, stderr: expect.stringContaining('config set servers.work.projects.seed/app.id 9') as string })
    expect(posts(gitlab())).toEqual([])
  })
})
