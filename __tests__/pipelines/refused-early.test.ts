import type { Fault, Script } from '../../src/sandbox/server.ts'
import { failTimes, useFollower } from '../helpers/follower.ts'
import { posts } from '../helpers/gitlab.ts'

// What could be known before a pipeline is started is no news after it.

const { gitlab, follow } = useFollower()
const answers = (status: number, body: string): Fault => ({ kind: 'answer', status, body })
const long: Script = { by: 'clock', job: { run_tests: { runs: 90 } } }

async function statusNow(): Promise<string> {
  const headers = { 'private-token': gitlab().tokens.api }
  const answer = await fetch(`${gitlab().url}/api/v4/projects/9/pipelines/4711`, { headers })
  return ((await answer.json()) as { status: string }).status
}

describe('what the API token may not do is refused before anything is triggered or waited for', () => {
  const oneOf = (who: 'readApi' | 'developer' | 'reporter' | 'api'): string =>
    (gitlab().tokens as unknown as Record<string, string>)[who] ?? ''

  // prettier-ignore
  const rows: [line: string, who: 'readApi' | 'reporter', says: string][] = [
    ['--ref master --wait --cancel-on-timeout --run-timeout 5m', 'readApi', '--cancel-on-timeout: the API token from environment variable GITLAB_TRIGGER_API_TOKEN may not change pipelines of project 9: its scope is read_api, and api is needed\n'],
    ['--ref master --wait --cancel-on-interrupt', 'reporter', '--cancel-on-interrupt: the API token from environment variable GITLAB_TRIGGER_API_TOKEN may not change pipelines of project 9: the role of its user is below Developer\n'],
    ['--ref master --wait --play deploy', 'readApi', '--play: the API token from'],
    ['--ref master --expect-sha 0123456789', 'readApi', '--expect-sha: the API token from'],
    ['wait 4711 --cancel-on-timeout --timeout 5m', 'readApi', '--cancel-on-timeout: the API token from'],
  ]
  test.each(rows)('%s as %s', async (line, who, says) => {
    if (!line.startsWith('--')) gitlab().addPipeline()
    const { code, stdout, stderr, tookMs } = await follow(line, long, {
      env: { GITLAB_TRIGGER_API_TOKEN: oneOf(who) },
    })
    expect({ code, stdout, tookMs }).toEqual({ code: 4, stdout: '', tookMs: 0 })
    expect(stderr).toContain(says)
    expect(stderr).toContain('with a token that has the scope api and the role of Developer; or leave out --')
    expect(gitlab().requests.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  test.each(['developer', 'api'] as const)('%s may', async (who) => {
    const line = '--ref master --wait --cancel-on-timeout --run-timeout 30s'
    const { code } = await follow(line, long, { env: { GITLAB_TRIGGER_API_TOKEN: oneOf(who) } })
    expect({ code, status: await statusNow() }).toEqual({ code: 8, status: 'canceled' })
  })

  test.each([
    ['says nothing', answers(404, '{"error":"404 Not Found"}'), 8],
    ['does not answer that', answers(500, ''), 8],
    ['does not accept the token', answers(401, '{"message":"401 Unauthorized"}'), 4],
  ])('a server that %s', async (_, fault, code) => {
    const line = '--ref master --wait --cancel-on-timeout --run-timeout 30s'
    const result = await follow(line, long, {
      prepare: () => {
        failTimes(gitlab(), 3, { ...fault, path: '/personal_access_tokens/self' })
      },
    })
    expect(result.code).toBe(code)
  })
})

describe('API v3 has no test reports, also where only the server says that it has no other', () => {
  const old = useFollower({ gitlab: '8.17' })

  test.each(['--ref master --wait --junit j.xml', '--ref master --wait --junit j.xml --api v3'])(
    '%s',
    async (line) => {
      const { code, stdout, stderr } = await old.follow(line)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain('--junit: API v3 has no test reports\n')
      expect(posts(old.gitlab())).toEqual([])
    },
  )

  test('wait', async () => {
    old.gitlab().script('master', long)
    old.gitlab().addPipeline()
    const { code, stderr, tookMs } = await old.follow('wait 4711 --junit j.xml')
    expect({ code, tookMs }).toEqual({ code: 2, tookMs: 0 })
    expect(stderr).toContain('--junit: API v3 has no test reports\n')
  })
})
