import { usePlanner } from '../helpers/batch-screen.ts'
import { posts } from '../helpers/gitlab.ts'
import { when, whenStalled } from '../helpers/clock.ts'
import type { World } from '../helpers/world.ts'

const { batch, gitlab } = usePlanner()

const plan = `
defaults: { ref: master, wait: true }
targets:
  a: { variables: { N: a } }
  b: { variables: { N: b } }
  c: { variables: { N: c } }
  d: { ref: develop, needs: [a], variables: { N: d } }
`

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const

/** Runs the plan, two at once, until both wait for their pipelines, and stops it there. */
function stopped(
  signal: (typeof signals)[number][0],
  words = '',
  before?: () => void,
): ReturnType<typeof batch> {
  gitlab().script('master', { by: 'clock', job: { run_tests: { runs: 600 } } })
  return batch(plan, `--parallel 2 ${words}`, {
    prepare(world: World) {
      const stop = when(
        () =>
          ['/pipelines/4711', '/pipelines/4712'].every((part) =>
            gitlab().requests.some(({ path }) => path.includes(part)),
          ),
        () => {
          stop()
          before?.()
          world.interrupt(signal)
        },
      )
    },
  })
}

/** The variable N of each trigger. */
const sent = (): (string | undefined)[] =>
  posts(gitlab()).map(({ fields }) => fields.find(([key]) => key === 'variables[N]')?.[1].toString())

const canceled = (): string[] =>
  gitlab()
    .requests.map(({ path }) => path)
    .filter((path) => path.endsWith('/cancel'))

test.each(signals)('%s: nothing new starts, and the state of each target is told', async (signal, exit) => {
  const { code, stdout, stderr } = await stopped(signal)
  expect({ code, stdout, sent: sent() }).toEqual({
    code: exit,
    stdout: '4711\n4712\n-\n-\n',
    sent: ['a', 'b'],
  })
  expect(stderr).toContain('0 of 4 targets succeeded, 2 may still be running, 2 were not started, in ')
  expect(stderr).toContain(
    [
      'May still be running:',
      `  a: stopped by ${signal}; the pipeline is still running`,
      `  b: stopped by ${signal}; the pipeline is still running`,
      'Not started:',
      `  c: stopped by ${signal}`,
      `  d: stopped by ${signal}`,
      'To continue the plan: gitlab-trigger batch ',
    ].join('\n'),
  )
  expect(canceled()).toEqual([])
})

test('a trigger that was sent and not answered may have created a pipeline', async () => {
  gitlab().failNext({ kind: 'stall', method: 'POST', path: /trigger/ })
  const one = 'targets: { a: { ref: master }, b: { ref: develop } }'
  const { code, stdout, stderr } = await batch(one, '--parallel 1', {
    prepare(world: World) {
      whenStalled(gitlab(), () => {
        world.interrupt('SIGINT')
      })
    },
  })
  expect({ code, stdout }).toEqual({ code: 130, stdout: '-\n-\n' })
  expect(stderr).toContain('0 of 2 targets triggered, 1 may have been triggered, 1 was not started, in ')
  expect(stderr).toContain(
    `May have been triggered:\n  a: ${gitlab().url} did not give a usable answer: stopped by SIGINT`,
  )
  expect(stderr).toContain('Not started:\n  b: stopped by SIGINT')
})

test('--cancel-on-interrupt cancels what was started', async () => {
  const { code, stdout, stderr } = await stopped('SIGINT', '--cancel-on-interrupt')
  expect({ code, stdout, sent: sent() }).toEqual({
    code: 130,
    stdout: '4711\n4712\n-\n-\n',
    sent: ['a', 'b'],
  })
  expect(canceled()).toHaveLength(2)
  expect(stderr).not.toContain('may still be running')
})

test('--resume follows what was started, and starts the rest', async () => {
  await stopped('SIGTERM')
  gitlab().script('master', { by: 'clock', job: { run_tests: { runs: 5 } } })
  const { code, stdout } = await batch(plan, '--resume')
  expect({ code, stdout, sent: sent().sort() }).toEqual({
    code: 0,
    stdout: '4711\n4712\n4713\n4714\n',
    sent: ['a', 'b', 'c', 'd'],
  })
})

test('--cancel-on-interrupt counts what had succeeded before it was canceled as that', async () => {
  const { code, stderr } = await stopped('SIGINT', '--cancel-on-interrupt', () => {
    for (const each of gitlab().pipelines) each.fixedStatus = 'success'
  })
  expect(code).toBe(130)
  expect(stderr).toContain('2 of 4 targets succeeded, 2 were not started, in ')
})
