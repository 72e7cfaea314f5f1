import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { jsonAnswer, requestsBy, apiEnvironment } from '../helpers/api.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { filesBelow, serverYaml, useHome } from '../helpers/home.ts'
import { run, runIn, type Line, type Result } from '../helpers/run.ts'
import { newWorld } from '../helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()
const at = (name: string): string => join(home().root, name)
const type = (line: Line, env: Record<string, string> = {}): Promise<Result> =>
  run(line, home().world(apiEnvironment(gitlab(), env)))

const makers = ['tokens create --description x --save-to', 'tokens rotate 31 --yes --save-to'] as const

describe.each(makers)('%s (T50)', (line) => {
  const places: [name: string, path: string, prepare: () => void, says: string][] = [
    [
      'an existing file of mode 0644',
      'there',
      () => {
        writeFileSync(at('there'), 'old', { mode: 0o644 })
      },
      'it already exists, and is not overwritten',
    ],
    [
      'a link to a file',
      'link',
      () => {
        writeFileSync(at('target'), 'old')
        symlinkSync(at('target'), at('link'))
      },
      'it already exists',
    ],
    [
      'a link to nothing',
      'link',
      () => {
        symlinkSync(at('target'), at('link'))
      },
      'it already exists',
    ],
    [
      'a folder',
      'folder',
      () => {
        mkdirSync(at('folder'))
      },
      'it already exists',
    ],
    ['a missing folder', 'missing/file', () => undefined, 'there is no such folder'],
    [
      'something below a file',
      'there/file',
      () => {
        writeFileSync(at('there'), 'old')
      },
      'there is no such folder',
    ],
  ]
  test.each(places)('%s: exit 14, nothing is made and nothing is touched', async (_, path, prepare, says) => {
    prepare()
    const before = filesBelow(home().root).map((file) => [file, readFileSync(file, 'utf8')])
    const { code, stdout, stderr } = await type(`${line} ${at(path)}`)
    expect({ code, stdout }).toEqual({ code: 14, stdout: '' })
    expect(stderr).toContain(`--save-to: ${at(path)}: ${says}`)
    expect(filesBelow(home().root).map((file) => [file, readFileSync(file, 'utf8')])).toEqual(before)
    expect(existsSync(at('target')) && path === 'link' ? readFileSync(at('target'), 'utf8') : 'old').toBe(
      'old',
    )
    expect(gitlab().requests.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  test('a new file: mode 0600 whatever the umask, the token and a line end in it', async () => {
    for (const [name, umask] of [
      ['a', 0o000],
      ['b', 0o777],
    ] as const) {
      const before = process.umask(umask)
      try {
        const own = line.replace('31', String(gitlab().addToken().id))
        const { stdout } = await type(`${own} ${at(name)}`)
        expect(stdout).not.toContain('glptt')
      } finally {
        process.umask(before)
      }
      expect(statSync(at(name)).mode & 0o777).toBe(0o600)
      expect(readFileSync(at(name), 'utf8')).toMatch(/^glptt-[0-9a-f]{40}\n$/)
    }
  })
})

test('an empty file, which a run leaves that was killed: what it may be, and how to remove it', async () => {
  writeFileSync(at('left'), '')
  const { code, stderr } = await type(`tokens create --description x --save-to ${at('left')}`)
  expect(code).toBe(14)
  expect(stderr).toMatch(/It is empty: a run was probably killed before it had a token\..*: rm \S+\/left\n/)
  expect(gitlab().requests.filter(({ method }) => method !== 'GET')).toEqual([])
})

test('a relative path is meant from the working directory', async () => {
  expect(await type('tokens create --description x --save-to here.token')).toMatchObject({
    code: 0,
    stdout: '',
  })
  expect(statSync(join(home().checkout, 'here.token')).mode & 0o777).toBe(0o600)
})

test('--json with a place says where, and shows four characters', async () => {
  const { stdout } = await type(`tokens create --description x --save-to ${at('a')} --json`)
  expect(JSON.parse(stdout)).toMatchObject({
    token: { id: 41, token: readFileSync(at('a'), 'utf8').slice(6, 10), description: 'x', owner: 'seed' },
    saved_to: at('a'),
    exit_code: 0,
  })
})

test('a token that cannot be printed is not lost: exit 11, and how to see it', async () => {
  for (const code of ['EPIPE', 'ENOSPC']) {
    const { stderr, ...result } = await run('tokens create --description x', {
      ...apiEnvironment(gitlab()),
      broken: { stdout: code },
    })
    expect(result.code).toBe(11)
    expect(stderr).toMatch(
      new RegExp(`token 4\\d was created, but could not be written to standard output \\(${code}\\)`),
    )
    expect(stderr).toMatch(
      /To see it: gitlab-trigger tokens list --server http:\S+ --project 9 --show-token\. To revoke it: gitlab-trigger tokens revoke --server http:\S+ --project 9 4\d\n/,
    )
    expect(stderr).not.toContain('glptt')
  }
})

describe('--save-to-server', () => {
  test('the entry names the file, which only its user can read; the rest of the config stays', async () => {
    const path = home().config(`# mine\n${serverYaml(gitlab(), 'project: 9')}`)
    const { code, stderr } = await type('tokens create --description x --save-to-server work --verbose', {
      GITLAB_TRIGGER_SERVER: '',
    })
    expect(code).toBe(0)
    const file = join(home().folder, 'work.9.token')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toMatch(/\n( +)projects:\n\1 {2}"9":\n\1 {4}tokenFile: /)
    expect(readFileSync(path, 'utf8')).toContain(`tokenFile: ${file}\n`)
    expect(readFileSync(path, 'utf8')).toContain('# mine\n')
    expect(stderr).toContain(`stored in ${file} for project 9 on server work`)
  })

  const rows: [name: string, config: (url: string) => string, line: string, says: string][] = [
    [
      'no such server',
      (url) => `servers:\n  work:\n    url: ${url}\n`,
      '--save-to-server wrok',
      '--save-to-server: there is no server "wrok"; did you mean "work"?',
    ],
    [
      'another server than the one that is spoken to',
      () => 'servers:\n  work:\n    url: https://gitlab.example.com\n',
      '--server {url} --save-to-server work',
      'server "work" is https://gitlab.example.com, and the token is of {url}',
    ],
  ]
  test.each(rows)('%s: exit 14, nothing is made', async (_, config, line, says) => {
    const { url } = gitlab()
    home().config(config(url))
    const { code, stdout, stderr } = await type(`tokens create --description x ${line.replace('{url}', url)}`)
    expect({ code, stdout }).toEqual({ code: 14, stdout: '' })
    expect(stderr).toContain(says.replace('{url}', url))
    expect(gitlab().requests.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  test('a token file below something that is no folder: exit 14, nothing is made', async () => {
    home().config(serverYaml(gitlab(), 'tokenFile: config.yaml/token'))
    const { code, stderr } = await type('tokens create --description x --save-to-server work')
    expect(code).toBe(14)
    expect(stderr).toContain('config.yaml/token')
    expect(requestsBy(gitlab(), 'POST')).toEqual([])
  })
})

describe('tokens rotate: whatever fails, a token works and is named', () => {
  const config = (): string => home().config(serverYaml(gitlab(), 'project: 9', 'tokenFile: mine.token'))
  const mine = (): string => readFileSync(join(home().folder, 'mine.token'), 'utf8')
  const rotate = 'tokens rotate 31 --yes'
  const triggers = async (token: string): Promise<number> =>
    (await run('--ref master', apiEnvironment(gitlab(), { GITLAB_TRIGGER_TOKEN: token.trim() }))).code

  test('the new one is not accepted: the old one stays, and is put back where it was', async () => {
    config()
    const old = `${gitlab().tokens.trigger}\n`
    home().write('home/.config/gitlab-trigger/mine.token', old)
    for (let at = 0; at < 3; at += 1)
      gitlab().failNext(jsonAnswer('POST', '/trigger/pipeline', 404, { message: '404 Not Found' }))
    const { code, stderr, world } = await type(`${rotate} --save-to-server work`)
    expect(code).toBe(4)
    expect(stderr).toContain('mine.token for server work is as it was before: GitLab answered 404')
    expect(stderr).toContain(
      'The old one, token 31, still works. Revoke the new one, or try again: gitlab-trigger tokens revoke --server work --project 9 41\n',
    )
    expect(world.sleeps).toEqual([1000, 3000])
    expect(mine()).toBe(old)
    expect(requestsBy(gitlab(), 'DELETE')).toEqual([])
    expect(await triggers(old)).toBe(0)
  })

  test('the new one is missing on a replica for a moment: it is tried again', async () => {
    gitlab().failNext(jsonAnswer('POST', '/trigger/pipeline', 404, { message: '404 Not Found' }))
    expect((await type(`${rotate} --save-to ${at('new')}`)).code).toBe(0)
    expect(await triggers(gitlab().tokens.trigger)).toBe(4)
    expect(await triggers(readFileSync(at('new'), 'utf8'))).toBe(0)
  })

  test('the proof meets a rate limit: it waits, and nothing is made twice', async () => {
    const headers = { 'retry-after': '20' }
    gitlab().failNext({ kind: 'answer', method: 'POST', path: '/trigger/pipeline', status: 429, headers })
    const { code, world } = await type(`${rotate} --save-to ${at('new')}`)
    expect({ code, sleeps: world.sleeps }).toEqual({ code: 0, sleeps: [20_000] })
    expect(requestsBy(gitlab(), 'POST').filter(({ path }) => path.endsWith('/triggers'))).toHaveLength(1)
    expect(await triggers(readFileSync(at('new'), 'utf8'))).toBe(0)
  })

  test('whether the new one works cannot be asked: exit 7 of the probe starts nothing, and both are there', async () => {
    gitlab().failNext({ kind: 'reset after', method: 'POST', path: '/trigger/pipeline' })
    const { code, stderr } = await type(`${rotate} --save-to ${at('new')}`)
    expect(code).toBe(7)
    expect(stderr).toContain(`token 41 was created, but the test failed; the new one is in ${at('new')}`)
    expect(await triggers(gitlab().tokens.trigger)).toBe(0)
    expect(await triggers(readFileSync(at('new'), 'utf8'))).toBe(0)
  })

  test.each([
    [403, { message: '403 Forbidden' }, 4, 'token 31 of project 9 cannot be revoked: 403 Forbidden'],
    [412, { message: '412 Precondition Failed' }, 5, 'changed it at the same time'],
    [502, 'GitLab is not responding', 7, 'it is not known whether token 31 was revoked'],
  ])('the old one is not revoked (%s): the new one works', async (status, body, exit, says) => {
    gitlab().failNext(jsonAnswer('DELETE', '/triggers/31', status, body))
    const { code, stdout, stderr } = await type(`${rotate} --save-to ${at('new')}`)
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' })
    expect(stderr).toContain(says)
    expect(stderr).toContain(`The new one, token 41, works and is in ${at('new')}.`)
    expect(await triggers(readFileSync(at('new'), 'utf8'))).toBe(0)
  })

  test('the new one cannot be stored: exit 11, the old one works, and how to get at the new one', async () => {
    home().config(serverYaml(gitlab(), 'project: 9', 'tokenFile: sub/mine.token'))
    const world = newWorld(home().world({ ...apiEnvironment(gitlab()), tty: ['stdin', 'stderr'] }))
    world.context.stdin.readLine = () => {
      // Another process puts something there first.
      rmSync(join(home().folder, 'sub'), { recursive: true })
      writeFileSync(join(home().folder, 'sub'), '')
      return Promise.resolve('y')
    }
    const { code, stdout, stderr } = await runIn(world, 'tokens rotate 31 --save-to-server work')
    expect({ code, stdout }).toEqual({ code: 11, stdout: '' })
    expect(stderr).toContain('token 41 was created, but could not be written to')
    expect(stderr).toContain(
      'To see it:\n  gitlab-trigger tokens list --server work --project 9 --show-token\n',
    )
    expect(stderr).toContain('To revoke it:\n  gitlab-trigger tokens revoke --server work --project 9 41\n')
    expect(stderr).toContain('The old one, token 31, still works.')
    expect(requestsBy(gitlab(), 'DELETE')).toEqual([])
    expect(await triggers(gitlab().tokens.trigger)).toBe(0)
  })

  test('the new one takes over the description; an end must be said anew', async () => {
    const { id } = gitlab().addToken({ description: 'mine', expiresAt: Date.UTC(2027, 0, 1) })
    const refused = await type(`tokens rotate ${id} --yes --save-to ${at('new')}`)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain(`token ${id} expires at 2027-01-01T00:00:00.000Z`)
    expect(existsSync(at('new'))).toBe(false)
    const { code, stdout } = await type(
      `tokens rotate ${id} --yes --save-to ${at('new')} --expires 90d --json`,
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      token: { description: 'mine', expires_at: '2027-02-20T12:00:00.000Z' },
      revoked: { id, description: 'mine' },
      saved_to: at('new'),
    })
  })

  test('one without a description wants one', async () => {
    const { id } = gitlab().addToken({ description: null })
    const { code, stderr } = await type(`tokens rotate ${id} --yes --save-to ${at('new')}`)
    expect(code).toBe(2)
    expect(stderr).toContain('has no description to take over')
    expect((await type(`tokens rotate ${id} --yes --save-to ${at('new')} --description y`)).code).toBe(0)
  })
})

test('a link in the way is still a link', async () => {
  symlinkSync(at('nowhere'), at('link'))
  await type(`tokens create --description x --save-to ${at('link')}`)
  expect(lstatSync(at('link')).isSymbolicLink()).toBe(true)
  expect(existsSync(at('nowhere'))).toBe(false)
})

describe.each([
  'tokens create --description x --expires 90d --save-to',
  'tokens rotate {} --yes --expires 90d --save-to',
])('%s where tokens have no end', (line) => {
  const v3 = useGitlab({ gitlab: '8.17' })
  const v4 = useGitlab({ gitlab: '10.3' })

  test('API v3: exit 5, nothing is made', async () => {
    const { code, stderr } = await run(
      `${line.replace('{}', v3().tokens.trigger.slice(0, 4))} ${at('new')}`,
      apiEnvironment(v3()),
    )
    expect(code).toBe(5)
    expect(stderr).toContain('--expires: on API v3 a trigger token never expires')
    expect(requestsBy(v3(), 'POST')).toEqual([])
    expect(existsSync(at('new'))).toBe(false)
  })

  test('an older v4 that says nothing: a warning, also to cron', async () => {
    const { code, stderr } = await run(`${line.replace('{}', '31')} ${at('new')}`, apiEnvironment(v4()))
    expect(code).toBe(0)
    expect(stderr).toBe(
      'warning: trigger tokens of this GitLab never expire: token 41 is valid until it is revoked.\n',
    )
  })
})
