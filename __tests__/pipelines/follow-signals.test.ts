import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sandbox, Script } from '../../src/sandbox/server.ts'
import { useFollower, type Followed } from '../helpers/follower.ts'
import { posts } from '../helpers/gitlab.ts'
import { beforeSleep } from '../helpers/before-sleep.ts'
import { words } from '../helpers/run.ts'
import { made, statesIn } from '../helpers/pipeline-sentences.ts'
import { useFolder } from '../helpers/world.ts'
import { whenStalled } from '../helpers/clock.ts'

const follower = useFollower()
const slow: Script = { by: 'clock', job: { run_tests: { runs: 600 } } }
const canceled = ({ requests }: Sandbox): string[] =>
  requests.filter(({ path }) => path.endsWith('/cancel')).map(({ path }) => path.replace(/^.*projects\//, ''))

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const

describe.each(signals)('%s: exit %i', (signal, exit) => {
  const stopped = (line: string, script: Script, sleep = 5): Promise<Followed> =>
    follower.follow(line, script, {
      prepare(world) {
        beforeSleep(world, sleep, () => {
          world.interrupt(signal)
        })
      },
    })

  test('detaches: the pipeline goes on, and so does the line that is told (T107)', async () => {
    const { gitlab, follow } = follower
    const result = await stopped('--ref master --wait', slow)
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code: exit, stdout: '4711\n' })
    expect(statesIn(result.stderr)).toEqual([made(4711)])
    expect(result.stderr).toContain(`stopped by ${signal}; the pipeline is still running\n`)
    expect(posts(gitlab())).toHaveLength(1)
    const [, line = ''] = /^To resume waiting: gitlab-trigger (.+)$/m.exec(result.stderr) ?? []
    expect(await follow(words(line))).toMatchObject({ code: 0, stdout: '4711 success\n' })
  })

  test('of wait, with several', async () => {
    const { gitlab } = follower
    gitlab().script('master', slow)
    gitlab().addPipeline()
    gitlab().addPipeline()
    const { code, stderr } = await stopped('wait 4711 4712', slow)
    expect(code).toBe(exit)
    expect(
      stderr.match(/To resume waiting: gitlab-trigger wait --server \S+ --project 9 471[12]\n/g),
    ).toHaveLength(2)
  })

  test('while a look hangs', async () => {
    const { gitlab, follow } = follower
    const { code, stderr } = await follow('--ref master --wait', slow, {
      prepare(world) {
        beforeSleep(world, 2, () => {
          gitlab().failNext({ kind: 'stall', path: '/pipelines/4711' })
          whenStalled(gitlab(), () => {
            world.interrupt(signal)
          })
        })
      },
    })
    expect(code).toBe(exit)
    expect(stderr).toMatch(/the pipeline is still running\n.*\nTo resume waiting/)
  })

  test('while a pipeline is opened: nothing was triggered', async () => {
    const { gitlab, follow } = follower
    for (let each = 0; each < 9; each += 1) gitlab().failNext({ kind: 'answer', status: 502 })
    const { code, stderr } = await follow('wait 4711', undefined, {
      prepare(world) {
        beforeSleep(world, 2, () => {
          world.interrupt(signal)
        })
      },
    })
    expect(code).toBe(exit)
    expect(statesIn(stderr)).toEqual([])
  })

  test('--cancel-on-interrupt', async () => {
    const { code, stdout, stderr } = await stopped('--ref master --wait --cancel-on-interrupt', slow)
    expect({ code, stdout }).toEqual({ code: exit, stdout: '4711\n' })
    expect(statesIn(stderr)).toEqual([made(4711)])
    // HUP is a terminal that went away.
    const isCanceled = signal !== 'SIGHUP'
    expect(canceled(follower.gitlab())).toEqual(isCanceled ? ['9/pipelines/4711/cancel'] : [])
    expect(stderr).toContain(
      isCanceled ? `stopped by ${signal}. Pipeline 4711 was canceled\n` : 'is still running',
    )
  })

  test('--cancel-on-interrupt before anything was seen', async () => {
    const { gitlab, follow } = follower
    const { code, stderr } = await follow('--ref master --wait --cancel-on-interrupt', slow, {
      prepare(world) {
        gitlab().failNext({ kind: 'stall', path: /pipelines\/4711$/ })
        whenStalled(gitlab(), () => {
          world.interrupt(signal)
        })
      },
    })
    expect(code).toBe(exit)
    expect(canceled(gitlab())).toHaveLength(signal === 'SIGHUP' ? 0 : 1)
    expect(statesIn(stderr)).toEqual([made(4711)])
  })
})

const interrupted = (
  script: Script,
  prepare: (sandbox: Sandbox) => void = () => undefined,
): Promise<Followed> =>
  follower.follow('--ref master --wait --cancel-on-interrupt', script, {
    prepare(world) {
      beforeSleep(world, 8, () => {
        // A sleep that is refused is no sleep: this would be called again.
        if (world.context.interrupted.aborted) return
        prepare(follower.gitlab())
        world.interrupt('SIGINT')
      })
    },
  })

describe('--cancel-on-interrupt tells the truth', () => {
  const below: Script = {
    by: 'clock',
    jobs: [
      {
        name: 'child',
        stage: 's',
        downstream: { depend: true, jobs: [{ name: 'x', stage: 'x', runs: 600 }] },
      },
      {
        name: 'other',
        stage: 's',
        downstream: { project: 11, depend: true, jobs: [{ name: 'y', stage: 'y', runs: 600 }] },
      },
      {
        name: 'loose',
        stage: 's',
        downstream: { project: 10, jobs: [{ name: 'z', stage: 'z', runs: 600 }] },
      },
    ],
  }

  test('what is downstream in other projects is canceled too', async () => {
    const { code, stderr } = await interrupted(below)
    expect({ code, stderr }).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('Pipeline 4711 was canceled\n') as string,
    })
    expect(canceled(follower.gitlab())[0]).toBe('9/pipelines/4711/cancel')
    const states = await Promise.all(
      follower.gitlab().pipelines.map(async ({ id, project }) => {
        const headers = { 'private-token': follower.gitlab().tokens.api }
        const answer = await fetch(`${follower.gitlab().url}/api/v4/projects/${project.id}/pipelines/${id}`, {
          headers,
        })
        return ((await answer.json()) as { status: string }).status
      }),
    )
    expect(states.filter((status) => status !== 'canceled' && status !== 'canceling')).toEqual([])
    expect(states).toHaveLength(4)
  })

  // prettier-ignore
  const rows: [name: string, fault: (sandbox: Sandbox) => void, says: RegExp, cancels: number][] = [
    ['an answer that was lost', (sandbox) => { sandbox.failNext({ kind: 'reset after', path: '/cancel', createThen: true }) }, /Pipeline 4711 was canceled\n/, 2],
    ['a 502 that canceled', (sandbox) => { sandbox.failNext({ kind: 'answer', status: 502, path: '/cancel', createThen: true }) }, /Pipeline 4711 was canceled\n/, 2],
    ['refused', (sandbox) => { sandbox.failNext({ kind: 'answer', status: 403, body: '{"message":"403 Forbidden"}', path: '/cancel' }) }, /Pipeline 4711 may not have been canceled: 403 Forbidden\n.*\nTo see how it is, or to try again: gitlab-trigger cancel --server \S+ --project 9 4711\n/, 1],
    ['bad looks afterwards', (sandbox) => { for (let each = 0; each < 3; each += 1) sandbox.failNext({ kind: 'answer', status: 502, method: 'GET' }) }, /Pipeline 4711 was canceled\n/, 1],
    ['no look afterwards', (sandbox) => { for (let each = 0; each < 99; each += 1) sandbox.failNext({ kind: 'answer', status: 502, method: 'GET' }) }, /Pipeline 4711 was asked to cancel, and is still running\n.*\nTo see how it is/, 1],
  ]
  test.each(rows)('%s', async (_, fault, says, cancels) => {
    const { code, stderr, tookMs } = await interrupted(slow, fault)
    expect(stderr).toMatch(says)
    expect(code).toBe(130)
    expect(canceled(follower.gitlab())).toHaveLength(cancels)
    expect(tookMs).toBeLessThan(60_000)
  })

  test('jobs that take their time to stop: it is being canceled', async () => {
    const script: Script = { pipeline: ['running'], jobs: [{ name: 'a', stage: 'a', statuses: ['running'] }] }
    const { code, stderr, tookMs } = await interrupted(script, (sandbox) => {
      sandbox.script(4711, { pipeline: ['canceling'] })
      sandbox.failNext({ kind: 'answer', status: 200, body: '{"id":4711}', path: '/cancel' })
    })
    expect(stderr).toMatch(/Pipeline 4711 is being canceled\n.*\nTo see how it is/)
    expect(code).toBe(130)
    expect(tookMs).toBeLessThan(60_000)
  })

  test('needs an API token, before anything is sent', async () => {
    const { gitlab, follow } = follower
    for (const line of [
      '--ref master --wait --cancel-on-interrupt',
      'wait 4711 --cancel-on-interrupt',
      '--ref master --wait --play x',
    ]) {
      const { code, stderr } = await follow(line, undefined, { withoutApiToken: true })
      expect(code).toBe(2)
      expect(stderr).toMatch(/--(cancel-on-interrupt|play): no API token given/)
      expect(gitlab().requests).toEqual([])
    }
  })
})

test.each<[name: string, line: string, script: Script]>([
  ['success', '--ref master --wait', {}],
  ['failure', '--ref master --follow', { failsInStage: 'build' }],
  ['a limit', '--ref master --wait --run-timeout 1m', slow],
])('the end leaves no connection open: %s', async (_, line, script) => {
  await follower.follow(line, script)
  // The server learns of it a little later.
  for (let turn = 0; turn < 100 && follower.gitlab().connections() > 0; turn += 1) {
    await new Promise((next) => setImmediate(next))
  }
  expect(follower.gitlab().connections()).toBe(0)
})

describe('what is written of a pipeline that is followed no more is how it was last seen', () => {
  const folder = useFolder()

  // prettier-ignore
  const rows: [flags: string, status: string, isStopped: boolean][] = [
    ['--run-timeout 1m', 'running', false],
    ['--run-timeout 1m --cancel-on-timeout', 'canceled', false],
    ['--cancel-on-interrupt', 'canceled', true],
    ['', 'running', true],
  ]
  test.each(rows)('--wait %s: %s', async (flags, status, isStopped) => {
    const path = join(folder().path, 'x.env')
    await follower.follow(`--ref master --wait ${flags} --dotenv ${path}`, slow, {
      prepare(world) {
        if (isStopped)
          beforeSleep(world, 8, () => {
            world.interrupt('SIGINT')
          })
      },
    })
    expect(readFileSync(path, 'utf8')).toContain(`PIPELINE_STATUS=${status}\n`)
  })
})
