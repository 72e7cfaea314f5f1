import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { jsonAnswer, requestsBy, apiEnvironment } from '../helpers/api.ts'
import { when } from '../helpers/clock.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run, runIn, type Result } from '../helpers/run.ts'
import { newWorld, type WorldOptions } from '../helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()
const terminal: WorldOptions['tty'] = ['stdin', 'stdout', 'stderr']

const asked = (line: string, answer: string): Promise<Result> =>
  run(line, apiEnvironment(gitlab(), { NO_COLOR: '1' }, { tty: terminal, stdin: answer }))

describe('tokens revoke asks at a terminal', () => {
  test.each(['y', 'Y', 'yes', ' yes '])(
    '%j: shows description, owner and last use, and revokes',
    async (answer) => {
      await run('--ref master', apiEnvironment(gitlab()))
      const { code, stdout, stderr } = await asked('tokens revoke 31', answer)
      expect({ code, stdout }).toEqual({ code: 0, stdout: '31\trevoked\n' })
      expect(stderr).toBe(
        'token 31: nightly, of seed, last used just now\n' +
          'Revoke it? Whatever uses it can no longer trigger. [y/N] ',
      )
      expect(requestsBy(gitlab(), 'DELETE').map(({ path }) => path)).toEqual([
        '/api/v4/projects/9/triggers/31',
      ])
    },
  )

  test.each(['', 'n', 'no', 'yess', '31'])('%j: nothing is done', async (answer) => {
    for (const line of ['tokens revoke 31', `tokens rotate 31 --save-to ${join(home().root, 'new')}`]) {
      const { code, stdout, stderr } = await asked(line, answer)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain('nothing was done: not confirmed')
    }
    expect(existsSync(join(home().root, 'new'))).toBe(false)
    expect(gitlab().requests.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  test('tokens rotate says whose the new one will be, where that is a change', async () => {
    const { stderr } = await asked(`tokens rotate 34 --save-to ${join(home().root, 'new')}`, 'y')
    expect(stderr).toContain('The new one will be yours: its pipelines run as you, not as colleague.\n')
    expect(stderr).toContain('token 34 is revoked.')
    expect(await asked(`tokens rotate 31 --save-to ${join(home().root, 'own')}`, 'y')).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('will be yours') as string,
    })
  })

  test('several are shown, and asked about once; the unknown ones are told apart', async () => {
    const { code, stdout, stderr } = await asked('tokens revoke #34 99 31', 'y')
    expect({ code, stdout }).toEqual({ code: 4, stdout: '34\trevoked\n99\tnot revoked\n31\trevoked\n' })
    expect(stderr).toContain(
      'project 9 has no token 99\n' +
        'token 34: release, of colleague, never used\ntoken 31: nightly, of seed, never used\n' +
        'Revoke these 2?',
    )
    expect(stderr.match(/\[y\/N\]/g)).toHaveLength(1)
    expect(stderr).toContain('project 9 has no token 99')
  })

  test('what was written into a description cannot control the terminal that asks', async () => {
    const { id } = gitlab().addToken({ description: '\x1b[2K\rtoken 7: harmless\u202e' })
    const { stderr } = await asked(`tokens revoke ${id}`, 'n')
    expect(stderr.split('[y/N]')[0]).not.toMatch(/[\x00-\x09\x0b-\x1f\u202e]/)
  })
})

describe('several tokens: each is reported, the worst counts', () => {
  const rows: [name: string, status: number, body: unknown, code: number, state: string][] = [
    ['refused', 403, { message: '403 Forbidden' }, 4, 'not revoked'],
    ['changed it at the same time', 412, { message: '412 Precondition Failed' }, 5, 'not revoked'],
    ['limited', 429, 'Retry later', 12, 'not revoked'],
    ['lost', 502, 'GitLab is not responding', 7, 'unknown'],
  ]
  test.each(rows)('the second is %s', async (_, status, body, code, state) => {
    const { id } = gitlab().addToken()
    gitlab().failNext(jsonAnswer('DELETE', '/triggers/34', status, body))
    const result = await run(`tokens revoke 31 34 ${id} --yes`, apiEnvironment(gitlab()))
    expect(result).toMatchObject({ code, stdout: `31\trevoked\n34\t${state}\n${id}\trevoked\n` })
    expect(requestsBy(gitlab(), 'DELETE')).toHaveLength(3)
  })

  test('--json tells each', async () => {
    gitlab().failNext(jsonAnswer('DELETE', '/triggers/34', 502, 'x'))
    const { code, stdout } = await run('tokens revoke 31 34 99 --yes --json', apiEnvironment(gitlab()))
    expect(code).toBe(7)
    expect(JSON.parse(stdout)).toMatchObject({
      tokens: [
        { id: 31, state: 'revoked', error: null },
        {
          id: 34,
          state: 'unknown',
          error: { message: expect.stringContaining('it is not known') as string },
        },
        { id: 99, state: 'not revoked', error: { message: 'project 9 has no token 99' } },
      ],
      exit_code: 7,
      error: null,
    })
  })

  test('Ctrl-C meanwhile: the others are left alone, and nothing is said to be unknown of them', async () => {
    const world = newWorld(apiEnvironment(gitlab()))
    when(
      () => requestsBy(gitlab(), 'DELETE').length >= 3,
      () => {
        world.interrupt('SIGINT')
      },
    )
    const ids = Array.from({ length: 30 }, () => gitlab().addToken().id)
    const { code, stdout } = await runIn(world, `tokens revoke ${ids.join(' ')} --yes`)
    expect(code).toBe(130)
    const states = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t')[1])
    expect(states).toHaveLength(30)
    expect(states.at(-1)).toBe('not revoked')
    expect(states.filter((state) => state === 'revoked').length).toBeGreaterThan(0)
    expect(requestsBy(gitlab(), 'DELETE').length).toBeLessThan(30)
  })

  test('--quiet says nothing of success', async () => {
    expect(await run('tokens revoke 31 34 --yes -q', apiEnvironment(gitlab()))).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    })
  })
})

test('what was changed since it was shown is not revoked (412)', async () => {
  const world = newWorld(apiEnvironment(gitlab(), {}, { tty: terminal }))
  world.context.stdin.readLine = async () => {
    await run('tokens update 31 --description needed', apiEnvironment(gitlab()))
    return 'y'
  }
  const { code, stdout, stderr } = await runIn(world, 'tokens revoke 31')
  expect({ code, stdout }).toEqual({ code: 5, stdout: '31\tnot revoked\n' })
  expect(stderr).toContain('412 Precondition Failed')
  expect(stderr).toContain('Someone else changed it at the same time: check its state.')
  expect((await run('tokens list', apiEnvironment(gitlab()))).stdout).toContain('\tneeded\t')
})

describe('on v3 a token is named by its beginning', () => {
  const old = useGitlab({ gitlab: '8.17' })

  test('four characters, or more; the whole one stands in no output, though v3 wants it in the URL', async () => {
    for (const length of [4, 30]) {
      const { token } = old().addToken()
      const { code, stdout, stderr } = await run(
        `tokens revoke ${token.slice(0, length)} --yes --verbose`,
        apiEnvironment(old()),
      )
      expect({ code, stdout }).toEqual({ code: 0, stdout: `${token.slice(0, 4)}...\trevoked\n` })
      expect(requestsBy(old(), 'DELETE').at(-1)?.path).toBe(`/api/v3/projects/9/triggers/${token}`)
      expect(stderr).toContain('/triggers/*** -> 200')
    }
  })

  test.each([
    ['ab', 2, 'by its first four characters'],
    ['zzzz', 4, 'no token that begins with these characters'],
    ['aaaa', 2, 'several tokens begin with these characters'],
  ])('%s: exit %s', async (word, exit, says) => {
    old().addToken({ token: 'aaaa1111111111111111111111111' })
    old().addToken({ token: 'aaaa2222222222222222222222222' })
    const { code, stderr } = await run(`tokens revoke ${word} --yes`, apiEnvironment(old()))
    expect(code).toBe(exit)
    expect(stderr).toContain(says)
    expect(requestsBy(old(), 'DELETE')).toEqual([])
  })

  test('a description cannot be changed, and is not kept', async () => {
    const { code, stderr } = await run(
      `tokens update ${old().tokens.trigger.slice(0, 4)} --description x`,
      apiEnvironment(old()),
    )
    expect(code).toBe(5)
    expect(stderr).toContain('on API v3 a trigger token has no description, and cannot be changed')
    const made = await run('tokens create --api v3', apiEnvironment(old()))
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9a-f]{30}\n$/) as string })
  })
})
