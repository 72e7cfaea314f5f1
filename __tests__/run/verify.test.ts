import type { Fault } from '../../src/sandbox/server.ts'
import { jobEnvironment } from '../helpers/environment.ts'
import { gatewayAnswer, listAnswer, triggeredPipeline, useLostResponses } from '../helpers/lost-responses.ts'
import { apiEnvironment } from '../helpers/api.ts'
import { beforeSleep } from '../helpers/before-sleep.ts'
import { idLost, made, statesIn, unknown } from '../helpers/pipeline-sentences.ts'
import { pipelineOfLastPost } from '../helpers/trigger-payload.ts'
import { start, type World } from '../helpers/world.ts'

const { gitlab, runLosingResponse } = useLostResponses()

describe('the build exists, its answer was lost: found (T70)', () => {
  // prettier-ignore
  const rows: [name: string, fault: Fault][] = [
    ['502 by a gateway', gatewayAnswer(502)],
    ['504 by a gateway', gatewayAnswer(504)],
    ['500', gatewayAnswer(500)],
    ['409', gatewayAnswer(409)],
    ['200 with a page', gatewayAnswer(200)],
    ['a reset after everything', { kind: 'reset after', createThen: true }],
    ['a 201 whose body was cut', { kind: 'cut' }],
    ['silence', { kind: 'stall', createThen: true }],
  ]
  test.each(rows)('%s', async (_, fault) => {
    const { code, stdout, stderr } = await runLosingResponse(fault)
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '4711\n', stderr: '' })
    expect(gitlab().pipelines).toHaveLength(1)
  })

  // prettier-ignore
  test.each([
    ['variables', ['--var', 'A=1', '--var', 'B=']],
    ['a value of odd characters', ['--var', 'A=x\r\ny"ü%20 {}']],
    ['the project by its path', ['--project', 'seed/app']],
    ['--verify', ['--verify']],
    ['--api v4', ['--api', 'v4']],
    ['--marker', ['--marker']],
    ['a short time limit', ['--timeout', '10s']],
  ])('with %s', async (_, words) => {
    const line = ['--ref', 'master', ...words]
    expect(await runLosingResponse(gatewayAnswer(502), line)).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
  })

  test('by the long name of its branch', async () => {
    const done = await runLosingResponse(gatewayAnswer(502), '--ref refs/heads/master')
    expect(done).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
  })

  test('by a job, whose pipelines have another source', async () => {
    const { env = {} } = jobEnvironment(gitlab(), {
      GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api,
      CI: undefined,
    })
    const done = await runLosingResponse(gatewayAnswer(502), '-p 9 -r master', { env })
    expect(done).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(gitlab().pipelines[0]).toMatchObject({ source: 'pipeline' })
  })

  test('a terminal is told of it', async () => {
    const { stderr } = await runLosingResponse(gatewayAnswer(502), '--ref master', {
      ...apiEnvironment(gitlab()),
      tty: ['stderr'],
    })
    expect(stderr).toMatch(/response was lost.*4711.*found/)
    expect(statesIn(stderr)).toEqual([])
  })

  test('--json has all of it', async () => {
    const { code, stdout } = await runLosingResponse(gatewayAnswer(502), '--ref master --var A=1 --json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      id: 4711,
      kind: 'pipeline',
      ref: 'master',
      source: 'trigger',
      sha: gitlab().pipelines[0]?.sha,
      api: 'v4',
      build_state: 'triggered',
      exit_code: 0,
      error: null,
    })
  })

  test('one that has failed meanwhile: exit 3, with its id', async () => {
    const { code, stdout, stderr } = await runLosingResponse(gatewayAnswer(502), '--ref broken')
    expect({ code, stdout }).toEqual({ code: 3, stdout: '4711\n' })
    expect(statesIn(stderr)).toEqual([made(4711)])
  })

  test('its jobs are found too', async () => {
    const { code, stdout } = await runLosingResponse(gatewayAnswer(502), '--ref master --jobs')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n9001\n9002\n9003\n' })
  })

  test('although a look-up fails now and then', async () => {
    const { code, stdout } = await runLosingResponse(
      gatewayAnswer(502),
      '--ref master',
      apiEnvironment(gitlab()),
      () => {
        gitlab().failNext(listAnswer(200, '[]'))
        for (const status of [500, 429, 502]) gitlab().failNext(listAnswer(status, ''))
        gitlab().failNext({ kind: 'reset', method: 'GET', path: 'pipelines?' })
        gitlab().failNext({ kind: 'cut', method: 'GET', path: 'pipelines?' })
      },
    )
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
  })

  test.each([1, 3, 9])('appears only after %i looks', async (looks) => {
    const { code, stdout, world } = await runLosingResponse(
      gatewayAnswer(502, false),
      '--ref master --var A=1',
      apiEnvironment(gitlab()),
      (each) => {
        beforeSleep(each, looks, () => gitlab().addPipeline(pipelineOfLastPost(gitlab())))
      },
    )
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
    expect(world.sleeps.length).toBeGreaterThanOrEqual(looks)
  })

  test('among pipelines of others', async () => {
    const { code, stdout } = await runLosingResponse(
      gatewayAnswer(502),
      '--ref master --var A=1',
      apiEnvironment(gitlab()),
      (world) => {
        gitlab().addPipeline({ ...triggeredPipeline, variables: { A: '1' } })
        beforeSleep(world, 1, () => {
          gitlab().addPipeline({ source: 'push' })
          gitlab().addPipeline({ ...triggeredPipeline, variables: { A: '2' } })
          gitlab().addPipeline({ ...triggeredPipeline, variables: {} })
          gitlab().addPipeline({ ...triggeredPipeline, variables: { A: '1', B: '1' } })
          gitlab().addPipeline({ ...triggeredPipeline, ref: 'both', variables: { A: '1' } })
        })
      },
    )
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4712\n' })
  })
})

describe('the build cannot be told: exit 7, with what was seen (T70)', () => {
  // prettier-ignore
  const rows: [name: string, prepare: (world: World) => void, says: RegExp][] = [
    ['there is none', () => undefined, /looked/],
    ['an older one with the same variables', () => { gitlab().addPipeline({ ...triggeredPipeline, variables: { A: '1' } }) }, /looked/],
    ['other variables', (world) => { beforeSleep(world, 1, () => gitlab().addPipeline({ ...triggeredPipeline, variables: { A: '2' } })) }, /looked/],
    ['fewer variables', (world) => { beforeSleep(world, 1, () => gitlab().addPipeline({ ...triggeredPipeline })) }, /looked/],
    ['more variables', (world) => { beforeSleep(world, 1, () => gitlab().addPipeline({ ...triggeredPipeline, variables: { A: '1', B: '' } })) }, /looked/],
    ['of a push', (world) => { beforeSleep(world, 1, () => gitlab().addPipeline({ variables: { A: '1' } })) }, /looked/],
    ['of another ref', (world) => { beforeSleep(world, 1, () => gitlab().addPipeline({ ...triggeredPipeline, ref: 'both', variables: { A: '1' } })) }, /looked/],
    ['of another project', (world) => { beforeSleep(world, 1, () => gitlab().addPipeline({ ...triggeredPipeline, project: 10, variables: { A: '1' } })) }, /looked/],
    ['of a job', (world) => { beforeSleep(world, 1, () => gitlab().addPipeline({ ...triggeredPipeline, source: 'pipeline', variables: { A: '1' } })) }, /looked/],
    ['two that fit', (world) => { beforeSleep(world, 1, () => [1, 2].map(() => gitlab().addPipeline({ ...triggeredPipeline, variables: { A: '1' } }))) }, /4711|4712/],
    ['list 403', () => { for (let count = 0; count < 9; count++) gitlab().failNext(count === 0 ? listAnswer(200, '[]') : listAnswer(403, '{"message":"403 Forbidden"}')) }, /403/],
    ['list 401', () => { for (let count = 0; count < 9; count++) gitlab().failNext(count === 0 ? listAnswer(200, '[]') : listAnswer(401, '{"message":"401 Unauthorized"}')) }, /401/],
    ['list of nonsense', () => { for (let count = 0; count < 99; count++) gitlab().failNext(listAnswer(200, count === 0 ? '[]' : '{"a":1}')) }, /looked/],
  ]
  test.each(rows)('%s', async (_, prepare, says) => {
    const { code, stdout, stderr } = await runLosingResponse(
      gatewayAnswer(502, false),
      '--ref master --var A=1',
      apiEnvironment(gitlab()),
      prepare,
    )
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
    expect(statesIn(stderr)).toEqual([unknown])
    expect(stderr).toMatch(says)
    expect(stderr).toMatch(/gitlab-trigger pipelines .*--ref master --source trigger/)
    expect(stderr).not.toContain(gitlab().tokens.api)
  })

  test('it is watched for longer than GitLab lets a request run (60 s)', async () => {
    const { world } = await runLosingResponse(gatewayAnswer(502, false))
    expect(world.context.now() - start).toBeGreaterThan(60_000)
    expect(world.sleeps.length).toBeLessThan(60)
  })

  test('after silence too, what is left of the time is looked in', async () => {
    const { code, world } = await runLosingResponse({ kind: 'stall' })
    expect(code).toBe(7)
    expect(world.sleeps.length).toBeGreaterThan(2)
  })

  test('a cut 201 is a build, also where it is not found', async () => {
    const { code, stderr } = await runLosingResponse(
      { kind: 'cut' },
      '--ref master',
      apiEnvironment(gitlab()),
      () => {
        gitlab().failNext(listAnswer(200, '[]'))
        for (let count = 0; count < 9; count++)
          gitlab().failNext(listAnswer(403, '{"message":"403 Forbidden"}'))
      },
    )
    expect({ code, states: statesIn(stderr) }).toEqual({ code: 7, states: [idLost] })
  })

  test.each<[name: string, fault: Fault, state: string]>([
    ['502', gatewayAnswer(502, false), unknown],
    ['a cut 201', { kind: 'cut' }, idLost],
  ])('a signal while it is looked up after %s', async (_, fault, state) => {
    const { code, stdout, stderr } = await runLosingResponse(
      fault,
      '--ref master',
      apiEnvironment(gitlab()),
      (world) => {
        gitlab().failNext({ kind: 'answer', method: 'GET', path: '/variables', status: 403 })
        beforeSleep(world, 1, () => {
          world.interrupt('SIGINT')
        })
      },
    )
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 130, stdout: '', states: [state] })
  })

  test('look-ups that stall end with the time limit', async () => {
    const stalling = (): void => {
      gitlab().failNext(listAnswer(200, '[]'))
      for (let each = 0; each < 9; each += 1) gitlab().failNext({ kind: 'stall', method: 'GET' })
    }
    const { code, stderr } = await runLosingResponse(
      gatewayAnswer(502),
      '--ref master',
      apiEnvironment(gitlab()),
      stalling,
    )
    expect({ code, states: statesIn(stderr) }).toEqual({ code: 7, states: [unknown] })
  })
})
