import { environment, lastFields, useGitlab } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'
import type { WorldOptions } from '../helpers/world.ts'
import { useTokenFiles, withoutToken } from '../helpers/token-file.ts'

const gitlab = useGitlab()

const write = useTokenFiles()
const target = (): Record<string, string> => withoutToken(gitlab())

type Setup = (token: string) => { line: string[]; env?: Record<string, string>; stdin?: string }

/** Every source of a trigger token. */
const sources: Record<string, Setup> = {
  '--token-file': (token) => ({ line: ['--token-file', write('token', token)] }),
  '--token-file -': (token) => ({ line: ['--token-file', '-'], stdin: token }),
  '--token-stdin': (token) => ({ line: ['--token-stdin'], stdin: token }),
  '--token': (token) => ({ line: ['--token', token] }),
  '--token=': (token) => ({ line: [`--token=${token}`] }),
  '-t': (token) => ({ line: [`-t${token}`] }),
  GITLAB_TRIGGER_TOKEN: (token) => ({ line: [], env: { GITLAB_TRIGGER_TOKEN: token } }),
  GITLAB_TRIGGER_TOKEN_FILE: (token) => ({
    line: [],
    env: { GITLAB_TRIGGER_TOKEN_FILE: write('env-token', token) },
  }),
}

/** The words and the world of one source. */
function setUp(source: Setup, token: string, more: Record<string, string> = {}): [string[], WorldOptions] {
  const { line, env, ...rest } = source(token)
  return [line, { ...rest, env: { ...target(), ...more, ...env } }]
}

const names = Object.keys(sources)
const sourceOf = (name: string): Setup => sources[name]!

describe('the token arrives from', () => {
  test.each(names)('%s', async (name) => {
    const [line, options] = setUp(sourceOf(name), gitlab().tokens.trigger)
    expect(await run(line, options)).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
    expect(lastFields(gitlab())['token']).toBe(gitlab().tokens.trigger)
  })
})

describe('which source wins', () => {
  test.each([
    ['--token-file', 'GITLAB_TRIGGER_TOKEN'],
    ['--token-stdin', 'GITLAB_TRIGGER_TOKEN'],
    ['--token', 'GITLAB_TRIGGER_TOKEN'],
    ['--token-file', 'GITLAB_TRIGGER_TOKEN_FILE'],
    ['--token-stdin', 'GITLAB_TRIGGER_TOKEN_FILE'],
    ['--token', 'GITLAB_TRIGGER_TOKEN_FILE'],
    ['GITLAB_TRIGGER_TOKEN', 'GITLAB_TRIGGER_TOKEN_FILE'],
  ])('%s over %s', async (winner, loser) => {
    const lost = sourceOf(loser)('the-token-that-loses').env
    const [line, options] = setUp(sourceOf(winner), gitlab().tokens.trigger, lost)
    expect(await run(line, options)).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(lastFields(gitlab())['token']).toBe(gitlab().tokens.trigger)
  })

  test.each(['GITLAB_TRIGGER_TOKEN', 'GITLAB_TRIGGER_TOKEN_FILE'])(
    'an empty %s counts as unset',
    async (name) => {
      const empty = { GITLAB_TRIGGER_TOKEN: '', GITLAB_TRIGGER_TOKEN_FILE: '' }
      const [line, options] = setUp(sourceOf(name), gitlab().tokens.trigger, empty)
      expect(await run(line, options)).toMatchObject({ code: 0, stdout: '4711\n' })
    },
  )
})

describe('no token is ever shown (T40)', () => {
  const modes = [
    '',
    '--verbose',
    '--json',
    '--json --verbose',
    '-q --verbose',
    '--jobs --json --verbose',
    '--jobs',
    '--dry-run',
    '--dry-run --verbose',
    '--dry-run --json',
    '--curl',
    '--curl --verbose',
  ]
  describe.each(names)('from %s', (name) => {
    test.each(modes)('%s', async (mode) => {
      const { trigger, api, job } = gitlab().tokens
      const ci = {
        GITLAB_CI: 'true',
        CI_SERVER_URL: gitlab().url,
        CI_JOB_TOKEN: job,
        GITLAB_TRIGGER_API_TOKEN: api,
      }
      const [line, options] = setUp(sourceOf(name), trigger, ci)
      const { code, stdout, stderr } = await run(
        [...mode.split(' ').filter(Boolean), '--var', 'A=1', ...line],
        options,
      )
      expect(code).toBe(0)
      for (const token of [trigger, api, job]) expect(stdout + stderr).not.toContain(token)
      if (mode.includes('--verbose') && !/curl|dry/.test(mode)) expect(stderr).toContain('***')
    })

    test('and refused', async () => {
      const wrong = 'c4n4ry-+/=%"\\'
      const [line, options] = setUp(sourceOf(name), wrong)
      const { code, stdout, stderr } = await run(['--verbose', '--json', ...line], options)
      expect(code).toBe(4)
      expect(lastFields(gitlab())['token']).toBe(wrong)
      expect(stdout + stderr).not.toContain('c4n4ry')
    })
  })

  test('--token says on a terminal that it is no safe place, and not to cron', async () => {
    const [line, options] = setUp(sourceOf('--token'), gitlab().tokens.trigger)
    const seen = await run(line, { ...options, tty: ['stderr'] })
    expect(seen.stderr).toContain('--token')
    expect(seen.stderr).toContain('--token-file')
    expect(seen.stderr).not.toContain(gitlab().tokens.trigger)
    expect((await run(line, options)).stderr).toBe('')
  })

  test.each(['--dry-run', '--dry-run --json', '--curl', '--verbose --json'])(
    'nor where it is also a value: %s',
    async (mode) => {
      const { trigger } = gitlab().tokens
      const line = [
        '--ref',
        'master',
        '--var',
        `A=${trigger}`,
        '--input',
        `environment=x ${trigger}`,
        ...mode.split(' '),
      ]
      const { code, stdout, stderr } = await run(line, environment(gitlab()))
      expect(code).toBe(0)
      expect(stdout + stderr).not.toContain(trigger)
    },
  )
})
