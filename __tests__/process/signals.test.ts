import {
  runAgainst,
  onFirstBytes,
  environmentFor,
  stallAfterHead,
  onWholeRequest,
} from '../helpers/run-against.ts'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { rawServer } from '../helpers/raw-server.ts'
import { runIn } from '../helpers/run.ts'
import { idLost, made, none, statesIn, unknown } from '../helpers/pipeline-sentences.ts'
import { newWorld, type World } from '../helpers/world.ts'

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s: exit %i', (signal, exit) => {
  const interrupt = (world: World): void => {
    world.interrupt(signal)
  }

  test('before anything: no build (T105)', async () => {
    const server = await rawServer(() => undefined)
    const world = newWorld(environmentFor(server.url))
    interrupt(world)
    const { code, stdout, stderr } = await runIn(world, '--ref master')
    await server.close()
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' })
    expect(statesIn(stderr)).toEqual([none])
    expect(server.received.join('')).toBe('')
  })

  test('while connecting: no build (T105)', async () => {
    const script = onFirstBytes((_, world) => {
      interrupt(world)
    })
    const { code, stdout, stderr } = await runAgainst(script, '--ref master', 'https')
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' })
    expect(statesIn(stderr)).toEqual([none])
    expect(stderr).toContain(signal)
  })

  test('while waiting for the answer: perhaps a build, and how to check (T106)', async () => {
    const script = onWholeRequest((_, world) => {
      interrupt(world)
    })
    const { code, stdout, stderr, server } = await runAgainst(script)
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' })
    expect(statesIn(stderr)).toEqual([unknown])
    expect(stderr).toContain(signal)
    expect(stderr).toMatch(/projects\/9 or run: gitlab-trigger pipelines .*--ref master$/m)
    expect(server.received).toHaveLength(1)
  })

  test.each([
    ['201 Created', idLost],
    ['400 Bad Request', none],
    ['422 Unprocessable', idLost],
    ['502 Bad Gateway', unknown],
  ])('while the body of a %s comes', async (status, state) => {
    const script = stallAfterHead(`HTTP/1.1 ${status}\r\ncontent-length: 99\r\n\r\n{"id":`, interrupt)
    const { code, stdout, stderr } = await runAgainst(script)
    expect(statesIn(stderr)).toEqual([state])
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' })
  })

  describe('with --jobs', () => {
    const gitlab = useGitlab({ jobsAfterPolls: 1000 })

    test('before the POST: no build', async () => {
      const script = onWholeRequest((_, world) => {
        interrupt(world)
      })
      const { code, stderr, server } = await runAgainst(script, '--ref master --jobs')
      expect(code).toBe(exit)
      expect(statesIn(stderr)).toEqual([none])
      expect(server.received.map(String).join('')).toMatch(/^GET (?![\s\S]*POST)/)
    })

    test('after the 201: build N goes on (T107)', async () => {
      gitlab().addPipeline()
      const world = newWorld(environment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }))
      const sleep = world.context.sleep.bind(world.context)
      // The third pause is not waited for to the end. The pipeline has to be alive for that.
      world.context.sleep = (ms, ended) => {
        if (world.sleeps.length === 2) interrupt(world)
        return sleep(ms, ended)
      }
      const alive = { kind: 'answer', method: 'GET', path: /pipelines\/\d+$/, status: 200 } as const
      for (let count = 0; count < 9; count++) gitlab().failNext({ ...alive, body: '{"status":"running"}' })
      const { code, stdout, stderr } = await runIn(world, '--ref master --jobs')
      expect({ code, stdout }).toEqual({ code: exit, stdout: '4712\n' })
      expect(statesIn(stderr)).toEqual([made(4712)])
      expect(stderr).toContain(signal)
      expect(posts(gitlab())).toHaveLength(1)
    })
  })
})
