import { join } from 'node:path'
import { useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'

const gitlab = useGitlab()
const home = useHome()
const canary = 'c4n4ry-of-the-test'

function typed(line: string, env: Record<string, string> = {}): Promise<Result> {
  return run(line, home().world({ env, stdin: canary }))
}

/** A config in which every kind of place sets something; lines count from 1. */
const text = (): string => `# a comment, and ref: in it
default: work

servers:
  work:
    # url: an old one
    url: ${gitlab().url}
    project: seed/app
    tokenFile: work.token
    variables: { FROM: server, SERVER: "1" }
  other:
    url: https://other.example
    tokenCommand: [touch, ${join(home().root, 'run')}]
    apiTokenEnv: OTHER_API_TOKEN

variables:
  FROM: file
  FILE: "yes"

recipes:
  base:
    variables:
      BASE: x
    timeout: 2m
  docs:
    extends: base
    ref: main
    inputs:
      environment: staging
      count: 3
    variables:
      FROM: recipe
  all:
    targets:
      - project: 9
        ref: one
      -
        project: group/two
        ref: two
      - { project: 11, ref: three }
`

const jsonText = (): string =>
  JSON.stringify(
    {
      default: 'work',
      servers: { work: { url: gitlab().url, ref: 'server' } },
      recipes: { all: { project: 9, targets: [{ ref: 'one' }, { ref: 'two' }] } },
    },
    null,
    2,
  )

interface Row {
  name: string
  value: string | null
  origin: string | null
}

/** The settings of each target, as `name = value (origin)` in a map; paths as `FILE`. */
async function shown(line: string, env: Record<string, string> = {}): Promise<Record<string, string>[]> {
  const { code, stdout, stderr } = await typed(`config show --json ${line}`.trim(), env)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
    .trimEnd()
    .split('\n')
    .map((each) => {
      const { settings } = JSON.parse(each) as { settings: Row[] }
      const rows = settings.map(({ name, value, origin }) => [
        name,
        `${value ?? 'null'} (${(origin ?? 'null').replaceAll(file(), 'FILE')})`,
      ])
      return Object.fromEntries(rows) as Record<string, string>
    })
}

let path = ''
const file = (): string => path
beforeEach(() => {
  path = home().config(text())
})

describe('config show: every value with where it comes from', () => {
  const rows: [line: string, env: Record<string, string>, name: string, is: string][] = [
    ['', {}, 'server', '{url} (FILE:2, FILE:7)'],
    ['--server other', {}, 'server', 'https://other.example (--server, FILE:12)'],
    [
      '',
      { GITLAB_TRIGGER_SERVER: 'other' },
      'server',
      'https://other.example (environment variable GITLAB_TRIGGER_SERVER, FILE:12)',
    ],
    ['', {}, 'project', 'seed/app (FILE:8)'],
    ['--project 7', {}, 'project', '7 (--project)'],
    ['', { GITLAB_TRIGGER_PROJECT: '7' }, 'project', '7 (environment variable GITLAB_TRIGGER_PROJECT)'],
    ['', {}, 'ref', 'null (null)'],
    ['docs', {}, 'ref', 'main (FILE:27)'],
    ['docs --ref x', {}, 'ref', 'x (--ref)'],
    ['docs', { GITLAB_TRIGGER_REF: 'x' }, 'ref', 'x (environment variable GITLAB_TRIGGER_REF)'],
    ['', {}, 'variables.FROM', 'server (FILE:10)'],
    ['', {}, 'variables.FILE', 'yes (FILE:18)'],
    ['docs', {}, 'variables.FROM', 'recipe (FILE:32)'],
    ['docs', {}, 'variables.BASE', 'x (FILE:23)'],
    ['docs --var FROM=flag', {}, 'variables.FROM', 'flag (--var)'],
    ['docs', {}, 'inputs.environment', 'staging (FILE:29)'],
    ['docs', {}, 'inputs.count', '3 (FILE:30)'],
    ['docs --input environment=live', {}, 'inputs.environment', 'live (--input)'],
    ['docs', {}, 'timeout', '120s (FILE:24)'],
    ['', {}, 'timeout', '90s (built-in)'],
    ['', {}, 'api', 'auto (built-in)'],
    ['--api v3', {}, 'api', 'v3 (--api)'],
    ['', {}, 'apiToken', 'null (null)'],
    ['', { GITLAB_TRIGGER_TOKEN: canary }, 'token', 'set (environment variable GITLAB_TRIGGER_TOKEN)'],
    ['--token-stdin', {}, 'token', 'set (standard input (--token-stdin))'],
    [
      '',
      { GITLAB_TRIGGER_API_TOKEN: canary },
      'apiToken',
      'set (environment variable GITLAB_TRIGGER_API_TOKEN)',
    ],
  ]
  test.each(rows)('%s with %j: %s = %s', async (line, env, name, is) => {
    const [settings = {}] = await shown(line, env)
    expect(settings[name]).toBe(is.replace('{url}', gitlab().url))
  })

  test('from CI', async () => {
    home().config('')
    const env = { GITLAB_CI: 'true', CI_SERVER_URL: gitlab().url, CI_JOB_TOKEN: canary }
    const [settings = {}] = await shown('', env)
    expect(settings).toMatchObject({
      server: `${gitlab().url} (environment variable CI_SERVER_URL)`,
      token: 'set (environment variable CI_JOB_TOKEN)',
    })
  })

  test('of several targets each one, line by line', async () => {
    const targets = await shown('all')
    expect(targets.map(({ project, ref }) => [project, ref])).toEqual([
      ['9 (FILE:35)', 'one (FILE:36)'],
      ['group/two (FILE:38)', 'two (FILE:39)'],
      ['11 (FILE:40)', 'three (FILE:40)'],
    ])
  })

  test('of a JSON file too', async () => {
    path = home().write('named.json', jsonText())
    const targets = await shown(`all --config ${path}`)
    expect(targets.map(({ ref }) => ref)).toEqual(['one (FILE:14)', 'two (FILE:17)'])
    expect(targets[0]?.['server']).toBe(`${gitlab().url} (FILE:2, FILE:5)`)
  })

  test.each<[name: string, yaml: string, rows: Record<string, string>]>([
    [
      'numbers as names',
      'recipes:\n  2:\n    targets:\n      - ref: a\n      - ref: b\n    variables:\n      1: x\n',
      { ref: 'a (FILE:4)', 'variables.1': 'x (FILE:7)' },
    ],
    [
      'a name that stands in a comment before',
      'recipes:\n# 2: old\n  2:\n    ref: a\n',
      { ref: 'a (FILE:4)' },
    ],
    [
      'a name that is a word in a text before',
      'variables:\n  A: |\n    ref: no\n    B: no\n  B: x\nrecipes:\n  2: { ref: a }\n',
      { ref: 'a (FILE:7)', 'variables.B': 'x (FILE:5)' },
    ],
    [
      'a recipe with the name of a server',
      'servers:\n  2:\n    ref: no\nrecipes:\n  2:\n    ref: a\n',
      { ref: 'a (FILE:6)' },
    ],
    ['quoted keys', '"recipes":\n  "2":\n    \'ref\': a\n', { ref: 'a (FILE:3)' }],
    [
      'a list in brackets over several lines',
      'recipes:\n  2:\n    targets: [\n      { ref: a },\n      { ref: b },\n    ]\n',
      { ref: 'a (FILE:4)' },
    ],
    ['CR LF', 'recipes:\r\n  2:\r\n    ref: a\r\n', { ref: 'a (FILE:3)' }],
  ])('the line is right with %s', async (_, yaml, rows) => {
    home().config(yaml)
    expect((await shown('2'))[0]).toMatchObject(rows)
  })

  test('what else a recipe or server sets is shown too', async () => {
    home().config(
      `default: work\nservers:\n  work:\n    url: https://x.example\n    caFile: ca.pem\n    retry: 3\nrecipes:\n  a:\n    jobs: true\n    exitCodes: { 3: 0 }\n`,
    )
    const { stdout } = await typed('config show a')
    for (const line of [5, 6, 9, 10]) expect(stdout).toContain(`${path}:${line})`)
  })

  test.each<[line: string, env: Record<string, string>, name: string, is: string]>([
    ['--cacert own.pem', {}, 'caFile', 'own.pem (--cacert)'],
    ['', {}, 'caFile', 'HOME/ca.pem (FILE:5)'],
    ['--proxy none', {}, 'proxy', 'none (--proxy)'],
    ['', { https_proxy: 'p.example:1' }, 'proxy', 'p.example:1 (environment variable https_proxy)'],
    ['', { https_proxy: 'p.example:1', no_proxy: 'x.example' }, 'proxy', 'undefined'],
    ['--allow-http', {}, 'allowHttp', 'true (--allow-http)'],
    ['--insecure', {}, 'insecure', 'true (--insecure)'],
    ['', {}, 'wait', 'false (built-in)'],
    ['a', {}, 'follow', 'true (FILE:8)'],
    ['a --wait', {}, 'wait', 'true (--wait)'],
    ['a', {}, 'queueTimeout', '5m (FILE:9)'],
    ['a --queue-timeout 1m', {}, 'queueTimeout', '1m (--queue-timeout)'],
    ['a', {}, 'logs', 'one,two (FILE:10)'],
    ['a', {}, 'play', 'undefined'],
  ])('%s with %j: %s = %s', async (line, env, name, is) => {
    path = home().config(
      `default: work\nservers:\n  work:\n    url: https://x.example\n    caFile: ca.pem\nrecipes:\n  a:\n    follow: true\n    queueTimeout: 5m\n    logs: [one, two]\n`,
    )
    const [settings = {}] = await shown(line, env)
    expect(String(settings[name]).replace(path.replace(/\/[^/]*$/, ''), 'HOME')).toBe(is)
  })
})
