import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { closedPortUrl } from '../helpers/run-against.ts'
import { expectRefusalMessage } from '../helpers/refusal-message.ts'
import { posts, useGitlab } from '../helpers/gitlab.ts'
import { listen } from '../helpers/listen.ts'
import { leaksBelow, useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'
import type { WorldOptions } from '../helpers/world.ts'

// login without a terminal: flags say what would be asked.

const gitlab = useGitlab()
const home = useHome()
const own = (name = 'config.yaml'): string => join(home().folder, name)
const secretFile = (token: string): string => home().write('home/a-token', `${token}\n`)
const typed = (line: string, options: WorldOptions = {}): Promise<Result> =>
  run(line.replace('URL', gitlab().url), home().world(options))

describe('login without a terminal', () => {
  test.each<[line: string, stdin: () => string]>([
    ['login --url URL --name work -p seed/app -r master --token-stdin', () => gitlab().tokens.trigger],
    ['login --url URL --name work -p seed/app -r master --token-file FILE', () => ''],
    ['login --url URL --name work -p seed/app -r master --create-token --api-token-file API', () => ''],
    [
      'login --url URL --name work -p 9 -r master --token-stdin --api-token-file API',
      () => gitlab().tokens.trigger,
    ],
  ])('%s', async (line, stdin) => {
    const files = line
      .replace('FILE', secretFile(gitlab().tokens.trigger))
      .replace('API', home().write('home/api', gitlab().tokens.api))
    const { code, stdout, stderr } = await typed(files, { stdin: stdin() })
    expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: '' })
    expect(stderr).toContain('Try it: gitlab-trigger -s work -p seed/app -r master --dry-run')
    expect(stderr).not.toMatch(/glptt|glpat/)
    expect(await typed('run')).toMatchObject({ code: 0, stdout: '4711\n' })
  })

  test('an API token alone', async () => {
    const { code, stderr } = await typed(
      `login --url URL --name work --api-token-file ${secretFile(gitlab().tokens.api)}`,
    )
    expect(code).toBe(0)
    expect(stderr).toContain(
      'No trigger token is stored. To add one: gitlab-trigger config edit-token work --project GROUP/NAME\n',
    )
    expect(await typed('projects --mine --json')).toMatchObject({ code: 0 })
  })

  test('GITLAB_TRIGGER_SERVER is the address where no flag is', async () => {
    const env = { GITLAB_TRIGGER_SERVER: gitlab().url }
    expect(await typed('login -p 9 --token-stdin', { stdin: gitlab().tokens.trigger, env })).toMatchObject({
      code: 0,
    })
  })

  test('this machine without a scheme is http', async () => {
    const line = `login --url ${gitlab().url.slice('http://'.length)} --name work -p 9 --token-stdin`
    const { code, stderr } = await typed(line, { stdin: gitlab().tokens.trigger })
    expect(code).toBe(0)
    expect(stderr).toContain(`GitLab answers at ${gitlab().url} (API v4).`)
  })

  test.each(['', '--create-token --api-token-file API'])(
    'another project of an entry needs no address: %s',
    async (more) => {
      home().config(`servers: { work: { url: ${gitlab().url}, projects: { 9: { tokenFile: t } } } }\n`)
      const rest =
        more === '' ? '--token-stdin' : more.replace('API', home().write('home/api', gitlab().tokens.api))
      const { code, stderr } = await typed(`login --name work --project 10 ${rest}`, {
        stdin: gitlab().tokens.trigger,
        env: { GITLAB_TRIGGER_SERVER: 'https://other.example' },
      })
      expect(stderr).toContain(`GitLab answers at ${gitlab().url}`)
      expect(code).toBe(more === '' ? 4 : 0)
    },
  )

  test('--config: that file', async () => {
    const path = home().write('work/checkout/named.yaml', '# mine\n', 0o644)
    expect(
      await typed('login --url URL --name work -p 9 --token-stdin --config named.yaml', {
        stdin: gitlab().tokens.trigger,
      }),
    ).toMatchObject({ code: 0 })
    expect(readFileSync(path, 'utf8')).toMatch(/^# mine\ndefault: work /)
    expect(existsSync(join(home().checkout, 'work.9.token'))).toBe(true)
    expect(existsSync(home().folder)).toBe(false)
  })

  test('JSON stays JSON', async () => {
    const path = home().config(`{\n  "ref": "master"\n}\n`, 'config.json')
    expect(
      await typed('login --url URL --name work -p 9 --token-stdin', { stdin: gitlab().tokens.trigger }),
    ).toMatchObject({ code: 0 })
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      ref: 'master',
      default: 'work',
      servers: { work: { url: gitlab().url, project: '9', projects: { 9: { tokenFile: 'work.9.token' } } } },
    })
  })

  test('what was set up and does not work ends with the code of the check', async () => {
    home().config('api: v3\n')
    const { code, stderr } = await typed('login --url URL --name work -p 9 --token-stdin --api v4', {
      stdin: gitlab().tokens.trigger,
    })
    expect({ code, stderr }).toMatchObject({ code: 0 })
  })
})

describe('login without a terminal: refused, and nothing is written', () => {
  const missing: [line: string, says: string[]][] = [
    [
      'login',
      [
        'these are missing',
        '--url https://gitlab.example.com',
        '--token-stdin, --token-file PATH or --create-token',
      ],
    ],
    ['login --url URL', ['this is missing', '--token-stdin']],
    ['login --url URL -p 9', ['this is missing', '--token-stdin']],
    ['login --token-stdin', ['--url https://gitlab.example.com', '--project with its number or path']],
    ['login --url URL --create-token', ['--project', '--api-token-file PATH (for --create-token)']],
  ]
  test.each(missing)('%s: all that is missing is said at once', async (line, says) => {
    const { code, stdout, stderr } = await typed(line)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    for (const each of says) expect(stderr).toContain(each)
    expectRefusalMessage(stderr)
    expect(gitlab().requests).toEqual([])
  })

  // prettier-ignore
  const rows: [line: string, stdin: () => string, code: number, says: string][] = [
    ['login --url URL -p 9 --token-stdin', () => 'glptt-wrong-wrong-wrong-wrong', 4, '404 Not Found'],
    ['login --url URL -p 9 --token-stdin --api-token-file API', () => 'glptt-wrong-wrong-wrong-wrong', 4, 'Project seed/app (9) exists, so it is the token (from standard input (--token-stdin)): mistyped'],
    ['login --url URL -p 9 --token-stdin', () => 'not a token', 2, 'the token holds a blank'],
    ['login --url URL -p 99 --create-token --api-token-file API', () => '', 4, 'has no project 99 that the API token can see'],
    ['login --url URL -p app --token-stdin', () => gitlab().tokens.trigger, 2, 'not a project id or a full path such as group/name'],
    ['login --url http://example.com -p 9 --token-stdin', () => gitlab().tokens.trigger, 2, 'plain http'],
    ['login --url https://me:pw@example.com -p 9 --token-stdin', () => gitlab().tokens.trigger, 2, 'a user name or password'],
    ['login --url CLOSED -p 9 --token-stdin', () => gitlab().tokens.trigger, 6, 'was not reached'],
    ['login --url URL --name a/b -p 9 --token-stdin', () => gitlab().tokens.trigger, 2, '--name: "a/b" is not a name of letters'],
    ['login --url URL -p 9 --token-stdin --create-token', () => '', 2, 'cannot be used together'],
    ['login --url URL -p 9 --token-stdin --token-file x', () => '', 2, 'cannot be used together'],
    ['login --url URL -p 9 --create-token --api-token-file READ', () => '', 4, 'cannot be created'],
    ['login --url URL -p 9 --create-token --api-token-file WRONG', () => '', 4, 'the API token cannot be used'],
  ]
  test.each(rows)('%s (%#): exit %3$d', async (line, stdin, code, says) => {
    const read = home().write('home/read', gitlab().tokens.readApi)
    const wrong = home().write('home/wrong', 'glpat-wrong-wrong-wrong-wro')
    const api = home().write('home/api', gitlab().tokens.api)
    const whole = line
      .replace('API', api)
      .replace('READ', read)
      .replace('WRONG', wrong)
      .replace('CLOSED', await closedPortUrl())
    const result = await typed(whole, { stdin: stdin() })
    expect({ code: result.code, stdout: result.stdout, stderr: result.stderr }).toMatchObject({
      code,
      stdout: '',
    })
    expect(result.stderr).toContain(says)
    expect(result.stderr).not.toMatch(/glptt-|glpat-/)
    expect(existsSync(home().folder)).toBe(false)
    expect(leaksBelow(home().root, gitlab().tokens.trigger)).toEqual([])
  })

  test('what answers is no GitLab', async () => {
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html')
      response.setHeader('connection', 'close')
      response.end('<html><title>Sign in</title></html>')
    })
    const { port, close } = await listen(server, new Set())
    const url = `http://127.0.0.1:${port}`
    const { code, stderr } = await typed(`login --url ${url} -p 9 --token-stdin`, {
      stdin: gitlab().tokens.trigger,
    })
    await close()
    expect(code).toBe(5)
    expect(stderr).toContain(`the server at ${url} is not a GitLab (200, text/html)`)
    expect(existsSync(home().folder)).toBe(false)
  })

  test('an entry of that name for another server', async () => {
    const text = 'servers: { work: { url: "https://other.example.com" } }\n'
    const path = home().config(text)
    const { code, stderr } = await typed('login --url URL --name work -p 9 --token-stdin', {
      stdin: gitlab().tokens.trigger,
    })
    expect(code).toBe(2)
    expect(stderr).toContain('--name: server "work" is https://other.example.com')
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  test('a token that was created and cannot be stored is told, with what undoes it', async () => {
    home().config('')
    home().write('home/.config/gitlab-trigger/work.seed%2Fapp.token/x', '')
    const line = `login --url URL --name work -p 9 --create-token --api-token-file ${secretFile(gitlab().tokens.api)}`
    const { code, stderr } = await typed(line)
    expect(code).toBe(14)
    expect(stderr).toMatch(
      /The trigger token that was created is not stored\. To revoke it: gitlab-trigger tokens revoke --server http:\S+ --project seed\/app --api-token-file \S+ \d+/,
    )
    expect(posts(gitlab())).toHaveLength(1)
    expect(readFileSync(own(), 'utf8')).toBe('')
    // The API token was stored before, and is taken back.
    expect(existsSync(own('work.api-token'))).toBe(false)
  })

  test('a token is never a word of the line', async () => {
    const { code, stderr } = await typed(`login --url URL -p 9 --token ${gitlab().tokens.trigger}`)
    expect(code).toBe(2)
    expect(stderr).not.toContain(gitlab().tokens.trigger)
  })
})
