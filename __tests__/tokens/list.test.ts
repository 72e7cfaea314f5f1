import { apiEnvironment } from '../helpers/api.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { run, runIn, type Result } from '../helpers/run.ts'
import { newWorld, start, type WorldOptions } from '../helpers/world.ts'

const gitlab = useGitlab()
const day = 86_400_000
const terminal: Pick<WorldOptions, 'tty'> = { tty: ['stdin', 'stdout', 'stderr'] }

const list = (line = '', rest: Pick<WorldOptions, 'tty'> = {}): Promise<Result> =>
  run(`tokens list ${line}`, apiEnvironment(gitlab(), { NO_COLOR: '1' }, rest))

/** Seven tokens: two of the seed, and these, used this many days ago. */
async function addUsed(): Promise<void> {
  const uses: [description: string, createdDays: number, usedDays: number | undefined][] = [
    ['never, new', 1, undefined],
    ['yesterday', 500, 1],
    ['long ago', 500, 100],
    ['an hour ago', 500, 1 / 24],
    ['expires', 10, undefined],
  ]
  for (const [description, created, used] of uses) {
    const expires = description === 'expires' ? { expiresAt: start + 20 * day } : {}
    const { id, token } = gitlab().addToken({ description, createdAt: start - created * day, ...expires })
    if (used === undefined) continue
    await run('--ref master', apiEnvironment(gitlab(), { GITLAB_TRIGGER_TOKEN: token }))
    const pipeline = gitlab().pipelines.find(({ trigger }) => trigger?.id === id)
    if (pipeline) pipeline.createdAt = start - used * day
  }
}

describe('tokens list', () => {
  test('at a terminal: a table, by last use, with times as people say them; what is stale is marked', async () => {
    await addUsed()
    const { code, stdout, stderr } = await list('', terminal)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
      'ID | TOKEN | DESCRIP... | OWNER | CREATED | LAST USED | EXPIRES | NOTE',
      expect.stringMatching(
        /^44 \| [0-9a-f]{4} \| an hou.* \| seed \| 16 months ago \| 1 hour ago \| never \| -$/,
      ) as string,
      expect.stringMatching(/^42 \| .* \| 1 day ago \| never \| -$/) as string,
      expect.stringMatching(/^43 \| .* \| 3 months ago \| never \| stale$/) as string,
      expect.stringMatching(/^41 \| .* \| 1 day ago \| never \| never \| -$/) as string,
      expect.stringMatching(/^45 \| .* \| 10 days ago \| never \| in 20 days \| -$/) as string,
      expect.stringMatching(/^31 \| .* \| 11 years ago \| never \| never \| stale$/) as string,
      expect.stringMatching(/^34 \| .* \| 11 years ago \| never \| never \| stale$/) as string,
      '',
    ])
  })

  test('elsewhere: a line for each with tabs, ISO 8601, nothing else', async () => {
    await addUsed()
    const { stdout, stderr } = await list()
    expect(stderr).toBe('')
    const [first, second] = stdout.split('\n')
    expect(first?.split('\t').toSpliced(1, 1)).toEqual([
      '44',
      'an hour ago',
      'seed',
      new Date(start - 500 * day).toISOString(),
      new Date(start - day / 24).toISOString(),
      '-',
      '-',
    ])
    expect(second).toContain('\tyesterday\t')
    expect(stdout).not.toMatch(/ID|ago\t20/)
  })

  test.each([
    ['90d', ['long ago', 'nightly', 'release']],
    ['1d', ['yesterday', 'long ago', 'never, new', 'expires', 'nightly', 'release']],
    ['12w', ['long ago', 'nightly', 'release']],
    ['6h', ['yesterday', 'long ago', 'never, new', 'expires', 'nightly', 'release']],
    ['20w', ['nightly', 'release']],
    ['9999w', []],
  ])('--unused-for %s: those never used count from when they were made', async (span, descriptions) => {
    await addUsed()
    const { stdout } = await list(`--unused-for ${span} --json`)
    const { tokens } = JSON.parse(stdout) as { tokens: { description: string; stale: boolean }[] }
    expect(tokens.map(({ description }) => description)).toEqual(descriptions)
    expect(tokens.every(({ stale }) => stale)).toBe(true)
  })

  test('--json: one object with everything', async () => {
    const { stdout } = await list('--json')
    const about = { created_at: '2015-09-01T08:30:00.000Z', updated_at: '2015-09-01T08:30:00.000Z' }
    const rest = { ...about, last_used: null, expires_at: null, stale: true }
    expect(JSON.parse(stdout)).toEqual({
      server: gitlab().url,
      project: '9',
      api: 'v4',
      tokens: [
        {
          id: 31,
          token: gitlab().tokens.trigger.slice(6, 10),
          description: 'nightly',
          owner: 'seed',
          ...rest,
        },
        {
          id: 34,
          token: gitlab().tokens.colleagueTrigger.slice(6, 10),
          description: 'release',
          owner: 'colleague',
          ...rest,
        },
      ],
      exit_code: 0,
      error: null,
    })
  })

  test('no token at all: nothing on stdout, and at a terminal a word', async () => {
    await run('tokens revoke 31 34 --yes', apiEnvironment(gitlab()))
    expect(await list()).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(await list('', terminal)).toMatchObject({ code: 0, stdout: '', stderr: 'No trigger token.\n' })
  })

  test.each([20, 40, 60, 80, 200])(
    'a table fits a terminal of %s columns as far as it can',
    async (columns) => {
      gitlab().addToken({ description: `${'東京'.repeat(40)}\u{1f600}` })
      gitlab().addToken({ description: 'x'.repeat(300), owner: 'somebody-with-a-very-long-name' })
      const options = apiEnvironment(gitlab(), {}, terminal)
      const world = newWorld(options)
      Object.defineProperty(world.context.stdout, 'columns', { value: columns })
      const { stdout } = await runIn(world, 'tokens list --no-color')
      const width = (line: string): number =>
        Array.from(line).reduce((sum, char) => sum + (/[東京\u{1f600}]/u.test(char) ? 2 : 1), 0)
      for (const line of stdout.split('\n')) expect(width(line)).toBeLessThanOrEqual(Math.max(columns, 72))
      expect(stdout.includes('x'.repeat(80))).toBe(columns === 200)
    },
  )

  test('what somebody wrote into a description cannot control the terminal, nor fake a cell', async () => {
    gitlab().addToken({ description: '\x1b]0;owned\x07a\tb\r\nc\u202e' })
    for (const result of [await list(), await list('', terminal), await list('--json')]) {
      expect(result.stdout).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/)
    }
    const row = (await list()).stdout.split('\n').find((line) => line.startsWith('41\t'))
    expect(row?.split('\t')).toHaveLength(8)
  })
})

describe('refused before anything is sent', () => {
  const rows: [line: string, says: string, env?: Record<string, string>][] = [
    ['tokens list --unused-for soon', '--unused-for: "soon" is not a span of time'],
    ['tokens list --unused-for 0d', '--unused-for: "0d" is not a span of time'],
    ['tokens list', 'no API token given', { GITLAB_TRIGGER_API_TOKEN: '' }],
    ['tokens list', 'no project given', { GITLAB_TRIGGER_PROJECT: '' }],
    ['tokens list', 'no server given', { GITLAB_TRIGGER_SERVER: '' }],
    ['tokens list more', 'unexpected argument'],
    ['tokens lst', 'did you mean "tokens list"?'],
    ['tokens create', 'no description given'],
    ['tokens create --description=', '--description: it is blank'],
    ['tokens create --description x --expires yesterday', '--expires: "yesterday" is not a date'],
    ['tokens create --description x --expires 2027-02-30', '--expires: "2027-02-30" is not a date'],
    ['tokens create --description x --expires 2026-11-22', '--expires: "2026-11-22" is in the past'],
    ['tokens create --description x --save-to a --save-to-server b', 'cannot be used together'],
    ['tokens create --description x --save-to=', '--save-to: the path is empty'],
    ['tokens update 31', 'nothing to change was given'],
    ['tokens update 31 --description=', '--description: it is blank'],
    ['tokens update --description x', '<id> is missing'],
    ['tokens revoke', '<id> is missing'],
    ['tokens revoke 31', 'revoking cannot be undone, and there is no terminal to ask at'],
    ['tokens revoke 31 31 --yes', 'token 31 is named twice'],
    ['tokens revoke 31/../32 --yes', 'is not the id of a token'],
    ['tokens rotate 31 --yes', 'no place given for the new token'],
    ['tokens rotate 31 --save-to x', 'rotating cannot be undone'],
    ['projects', 'no search text given'],
    ['projects --mine', 'no API token given', { GITLAB_TRIGGER_API_TOKEN: '' }],
    ['projects x --limit 0', '--limit: "0" is not a whole number above 0'],
    ['projects https://user:c4n4ry@gitlab.example.com/a/b', 'a user name or password does not belong'],
    ['refs', 'no project given', { GITLAB_TRIGGER_PROJECT: '' }],
  ]
  test.each(rows)('%s: %s', async (line, says, env = {}) => {
    const { code, stdout, stderr } = await run(line, apiEnvironment(gitlab(), env))
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(says)
    expect(stderr).not.toContain('c4n4ry')
    expect(gitlab().requests).toEqual([])
  })

  test('a token in place of an id is refused, and not shown', async () => {
    for (const word of [gitlab().tokens.trigger, 'c4n4ry-secret']) {
      const { code, stdout, stderr } = await run(`tokens revoke ${word} --yes`, apiEnvironment(gitlab()))
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain('a token is named by its id')
      expect(stderr).not.toContain(word)
    }
  })
})
