import type { Fault } from '../../src/sandbox/server.ts'
import { environment, lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { gatewayAnswer, listAnswer, triggeredPipeline, useLostResponses } from '../helpers/lost-responses.ts'
import { apiEnvironment } from '../helpers/api.ts'
import { beforeSleep } from '../helpers/before-sleep.ts'
import { runIn } from '../helpers/run.ts'
import { statesIn, unknown } from '../helpers/pipeline-sentences.ts'
import { newWorld } from '../helpers/world.ts'

const { gitlab, runLosingResponse } = useLostResponses()

describe('when it is looked up', () => {
  const reads = (): number => gitlab().requests.filter(({ path }) => path.includes('/pipelines')).length

  test.each([
    ['--no-verify', '--ref master --no-verify', true],
    ['no API token', '--ref master', false],
    ['--api v3', '--ref master --api v3', true],
  ])('not with %s', async (_, line, hasToken) => {
    const options = hasToken ? apiEnvironment(gitlab()) : environment(gitlab())
    const { code, stdout, stderr } = await runLosingResponse(gatewayAnswer(502), line, options)
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 7, stdout: '', states: [unknown] })
    expect(reads()).toBe(0)
  })

  // prettier-ignore
  test.each([
    ['without an API token', '--verify', undefined, 2, /API token/],
    ['with v3', '--verify --api v3', undefined, 2, /v3|API token/],
    ['with v3 and an API token', '--verify --api v3', 'good', 2, /v3/],
    ['with a token that nobody knows', '--verify', 'glpat-nobody-knows-this', 4, /401[\s\S]*read/],
    ['with a trigger token as API token', '--verify', 'trigger', 4, /401[\s\S]*read/],
  ])('--verify %s is refused, nothing is sent', async (_, flags, token, exit, says) => {
    const tokens: Record<string, string> = { good: gitlab().tokens.api, trigger: gitlab().tokens.trigger }
    const options = token === undefined ? environment(gitlab()) : apiEnvironment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: tokens[token] ?? token })
    const { code, stdout, stderr } = await runIn(newWorld(options), `--ref master ${flags}`)
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' })
    expect(stderr).toMatch(says)
    expect(posts(gitlab())).toEqual([])
  })

  test('--verify, and the list cannot be read for the moment: not sent, safe to repeat', async () => {
    for (let count = 0; count < 20; count++) gitlab().failNext(listAnswer(503, ''))
    const { code } = await runIn(newWorld(apiEnvironment(gitlab())), '--ref master --verify')
    expect(code).toBe(6)
    expect(posts(gitlab())).toEqual([])
  })

  test('a list that cannot be read once is read again', async () => {
    gitlab().failNext(listAnswer(502, ''))
    const { code, stdout } = await runLosingResponse(gatewayAnswer(502))
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
  })

  test('by default, an API token that may not read does not stand in the way', async () => {
    const options = apiEnvironment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: 'glpat-nobody-knows-this' })
    const { code, stdout, stderr } = await runIn(newWorld(options), '--ref master')
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '4711\n', stderr: '' })
  })

  test('a trigger that succeeds costs one read at most', async () => {
    const { code } = await runIn(newWorld(apiEnvironment(gitlab())), '--ref master')
    expect(code).toBe(0)
    expect(reads()).toBeLessThanOrEqual(1)
  })

  test.each([
    [400, '{"message":{"base":["Reference not found"]}}', 5],
    [404, '{"message":"404 Not Found"}', 4],
    [401, '', 4],
  ])('not after a %i, which is known', async (status, body, exit) => {
    const { code } = await runLosingResponse({ ...gatewayAnswer(status, false), body } as Fault)
    expect({ code, reads: reads() }).toEqual({ code: exit, reads: 1 })
  })
})

describe('--marker', () => {
  const marker = (): string | undefined => lastFields(gitlab())['variables[GITLAB_TRIGGER_ID]']

  test('sends a variable that is another one each time', async () => {
    await runIn(newWorld(apiEnvironment(gitlab())), '--ref master --marker')
    const first = marker()
    await runIn(newWorld(apiEnvironment(gitlab())), '--ref master --marker')
    expect(first).toMatch(/^[\w-]{16,}$/)
    expect(marker()).toMatch(/^[\w-]{16,}$/)
    expect(marker()).not.toBe(first)
  })

  test.each(['--ref master', '--ref master --verify', '--ref master --var A=1'])(
    'is off: %s',
    async (line) => {
      await runIn(newWorld(apiEnvironment(gitlab())), line)
      expect(marker()).toBeUndefined()
    },
  )

  test('finds its build at the first look', async () => {
    const { code, stdout, world } = await runLosingResponse(gatewayAnswer(502), '--ref master --marker')
    expect({ code, stdout, sleeps: world.sleeps }).toEqual({ code: 0, stdout: '4711\n', sleeps: [] })
  })

  test('does not take the build of somebody else for its own', async () => {
    const { code } = await runLosingResponse(
      gatewayAnswer(502, false),
      '--ref master --marker',
      apiEnvironment(gitlab()),
      (world) => {
        const other = { GITLAB_TRIGGER_ID: '7d0e2d0e-0000-4000-8000-000000000000' }
        beforeSleep(world, 1, () => gitlab().addPipeline({ ...triggeredPipeline, variables: other }))
        beforeSleep(world, 2, () => gitlab().addPipeline(triggeredPipeline))
      },
    )
    expect(code).toBe(7)
  })

  test('does not send the name twice', async () => {
    const { code } = await runIn(
      newWorld(apiEnvironment(gitlab())),
      '--ref master --marker --var GITLAB_TRIGGER_ID=mine',
    )
    const names = (posts(gitlab())[0]?.fields ?? []).map(([name]) => name)
    expect([code, names.filter((name) => name.includes('GITLAB_TRIGGER_ID')).length]).toEqual([2, 0])
  })

  test.each(['--dry-run', '--curl'])('%s shows it', async (flag) => {
    const { code, stdout } = await runIn(newWorld(apiEnvironment(gitlab())), `--ref master --marker ${flag}`)
    expect(code).toBe(0)
    expect(stdout).toContain('GITLAB_TRIGGER_ID')
  })

  test('needs no API token, and works with v3', async () => {
    await runIn(newWorld(environment(gitlab())), '--ref master --marker')
    expect(marker()).toMatch(/^[\w-]{16,}$/)
  })
})

describe.each(['8.5', '8.17', '10.3'] as const)('GitLab %s', (version) => {
  const old = useGitlab({ gitlab: version })
  test('an API token there is no reason not to trigger', async () => {
    const env = environment(old(), { GITLAB_TRIGGER_API_TOKEN: old().tokens.api })
    const { code, stdout } = await runIn(newWorld(env), '--ref master')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\d+\n$/)
    expect(old().pipelines).toHaveLength(1)
  })
})
