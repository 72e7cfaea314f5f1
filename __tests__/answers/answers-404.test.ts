import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'
import { none, statesIn } from '../helpers/pipeline-sentences.ts'

describe('a 404 says what may be wrong (T121)', () => {
  const gitlab = useGitlab()
  const hex = '0123456789abcdef0123456789abcd'
  const all = [/mistyped/, /revoked/, /another project/, /personal token/]

  const rows: [name: string, token: (tokens: Record<string, string>) => string, says: RegExp[]][] = [
    ['a personal token', ({ api }) => api!, [/personal/, /only a trigger token/]],
    [
      "another project's trigger token",
      ({ otherTrigger }) => otherTrigger!,
      [...all, /looks like a trigger token/],
    ],
    ['30 hex digits', () => hex, [...all, /30 hex digits/]],
    ['no known form', () => 'whatever-it-is', all],
    ["a job's token, not on the list", ({ outsideJob }) => outsideJob!, [/CI job/, /allow-?list/]],
  ]
  test.each(rows)('for %s', async (_, tokenOf, says) => {
    const token = tokenOf({ ...gitlab().tokens })
    const { code, stdout, stderr } = await run(
      '--ref master',
      environment(gitlab(), { GITLAB_TRIGGER_TOKEN: token }),
    )
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(statesIn(stderr)).toEqual([none])
    for (const each of [...says, /project \(9\)/, /from environment variable GITLAB_TRIGGER_TOKEN/]) {
      expect(stderr).toMatch(each)
    }
    expect(stderr).not.toContain(token)
    expect(posts(gitlab())).toHaveLength(1)
  })

  test.each([
    ['outsideJob', '404', /allow-?list/],
    ['finishedJob', '401', /only while its job runs/],
  ] as const)("for the job's own token (%s): %s", async (name, status, says) => {
    const env = { GITLAB_CI: 'true', CI_SERVER_URL: gitlab().url, CI_JOB_TOKEN: gitlab().tokens[name] }
    const { code, stderr } = await run('--project 9 --ref master', { env })
    expect(code).toBe(4)
    expect(stderr).toMatch(new RegExp(`answered ${status}`))
    expect(stderr).toMatch(says)
    expect(statesIn(stderr)).toEqual([none])
  })

  test('for a project that is not there', async () => {
    const { code, stderr } = await run('--project seed/nope --ref master', environment(gitlab()))
    expect(code).toBe(4)
    expect(stderr).toMatch(/project \(seed\/nope\)/)
  })

  test('where there is no GitLab at all', async () => {
    for (let count = 0; count < 2; count++) {
      gitlab().failNext({ kind: 'answer', status: 404, body: '<h1>Not Found</h1>', contentType: 'text/html' })
    }
    const { code, stderr } = await run('--ref master --api auto', environment(gitlab()))
    expect(code).toBe(4)
    expect(stderr).toMatch(/no GitLab API at http:\/\/127\.0\.0\.1:\d+\b.*path prefix/)
    expect(statesIn(stderr)).toEqual([none])
  })
})

describe('--api auto', () => {
  const message = (text: string): string => JSON.stringify({ message: text })
  const noRoute = '{"error":"404 Not Found"}'
  const rows = [
    // Faults in the order of the POSTs, the exit code, and where the POSTs went to.
    ['18.9', [[404, message('404 Not Found')]], 4, ['v4']],
    ['18.9', [[401, message('401 Unauthorized')]], 4, ['v4']],
    ['18.9', [[403, message('403 Forbidden')]], 4, ['v4']],
    ['18.9', [[400, message('no')]], 5, ['v4']],
    ['18.9', [[405, '']], 5, ['v4']],
    ['18.9', [[410, '{"error":"Gone"}']], 5, ['v4']],
    ['18.9', [[422, message('failed')]], 3, ['v4']],
    ['18.9', [[429, 'Retry later']], 12, ['v4']],
    ['18.9', [[500, message('500')]], 7, ['v4']],
    ['18.9', [[502, noRoute]], 7, ['v4']],
    ['18.9', [[503, '']], 7, ['v4']],
    ['18.9', [[504, '']], 7, ['v4']],
    ['18.9', [[408, '']], 7, ['v4']],
    ['18.9', [[200, noRoute]], 7, ['v4']],
    ['18.9', [[201, '{}']], 7, ['v4']],
    ['18.9', [[404, noRoute]], 0, ['v4', 'v3', 'v4']],
    ['18.9', [[404, '<h1>404</h1>']], 0, ['v4', 'v3', 'v4']],
    ['8.17', [], 0, ['v4', 'v3']],
    [
      '8.17',
      [
        [404, noRoute],
        [502, noRoute],
      ],
      7,
      ['v4', 'v3'],
    ],
    [
      '8.17',
      [
        [404, noRoute],
        [404, noRoute],
      ],
      4,
      ['v4', 'v3'],
    ],
    [
      '8.17',
      [
        [404, noRoute],
        [404, message('404 Not Found')],
      ],
      4,
      ['v4', 'v3'],
    ],
    ['8.5', [], 0, ['v4', 'v3']],
  ] as const
  for (const version of ['8.5', '8.17', '18.9'] as const) {
    describe(`with GitLab ${version}`, () => {
      const gitlab = useGitlab({ gitlab: version })
      const own = rows.filter(([row]) => row === version)
      test.each(own)('%s %j: exit %i after %j', async (_, faults, exit, apis) => {
        for (const [status, body] of faults) {
          gitlab().failNext({ kind: 'answer', status, body, contentType: 'application/json' })
        }
        const { code } = await run('--ref master --api auto --retry 0', environment(gitlab()))
        expect(code).toBe(exit)
        expect(posts(gitlab()).map(({ path }) => path.split('/')[2])).toEqual(apis)
        expect(gitlab().pipelines).toHaveLength(exit === 0 ? 1 : 0)
      })
    })
  }

  describe('when the connection breaks', () => {
    const gitlab = useGitlab()
    test.each(['reset', 'reset after', 'cut'] as const)('(%s): no other attempt', async (kind) => {
      gitlab().failNext({ kind })
      expect(await run('--ref master --api auto', environment(gitlab()))).toMatchObject({
        code: 7,
        stdout: '',
      })
      expect(posts(gitlab())).toHaveLength(1)
    })
  })
})
