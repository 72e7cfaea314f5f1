import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { useBatch } from '../helpers/batch.ts'
import { when } from '../helpers/clock.ts'
import { posts } from '../helpers/gitlab.ts'

const { batch, gitlab, home } = useBatch()

const plan = 'targets:\n  a: { ref: master }\n  b: { ref: develop }\n'
const fileOf = (name: string): string => join(home().root, name)

/** Does this once a pipeline was created. */
const afterPost = (work: () => void): void => {
  const stop = when(
    () => posts(gitlab()).length > 0,
    () => {
      stop()
      work()
    },
  )
}

test('a full disk behind stdout hides neither the pipelines nor the reports', async () => {
  const { code, stderr } = await batch(plan, {
    broken: { stdout: 'ENOSPC' },
    words: ['--junit', fileOf('junit'), '--joblog', fileOf('joblog')],
  })
  expect(posts(gitlab())).toHaveLength(2)
  expect(code).toBe(11)
  expect(stderr).not.toContain('No pipeline was created')
  expect(stderr).toContain('Pipeline 4711 was created.')
  expect(stderr).toMatch(
    /^2 of 2 targets triggered, in .*\nTriggered, but the output is not complete:\n {2}a: /m,
  )
  expect(stderr).toContain('To continue the plan: gitlab-trigger batch ')
  expect(readFileSync(fileOf('junit'), 'utf8')).toContain('<testsuites tests="2"')
  expect(readFileSync(fileOf('joblog'), 'utf8')).toMatch(/\ta\tover\t11\t4711\t[^]*\tb\tover\t/)
})

test.each(['', '--json', '--events'])('results that nobody has read are lost: %s', async (flag) => {
  const words = flag === '' ? [] : [flag]
  const { code, stderr } = await batch(plan, { broken: { stdout: 'EPIPE' }, words })
  expect({ code, posts: posts(gitlab()).length }).toEqual({ code: 11, posts: 2 })
  expect(stderr).toContain('Pipeline 4711 was created.')
})

test('a joblog on a full disk is refused before anything is sent', async () => {
  const { code, stderr } = await batch(plan, { words: ['--joblog', '/dev/full'] })
  expect({ code, requests: gitlab().requests.length }).toEqual({ code: 14, requests: 0 })
  expect(stderr).toContain('--joblog: cannot write /dev/full: the disk is full')
})

test('a joblog that can no longer be written lets all targets be triggered, and is told at the end', async () => {
  execFileSync('mkfifo', [fileOf('joblog')])
  const reader = openSync(fileOf('joblog'), constants.O_RDONLY | constants.O_NONBLOCK)
  afterPost(() => {
    closeSync(reader)
  })
  const { code, stdout, stderr } = await batch(plan, { words: ['--joblog', fileOf('joblog')] })
  expect({ code, stdout }).toEqual({ code: 11, stdout: '4711\n4712\n' })
  expect(stderr).toContain('2 of 2 targets triggered')
  expect(stderr).toContain(`--joblog: cannot write ${fileOf('joblog')}: it failed with EPIPE`)
  expect(stderr).toContain('do not trigger them again')
})

test.each(['dotenv', 'annotations', 'junit'])(
  'a --%s whose folder has gone is told at the end',
  async (name) => {
    home().write('reports/before', '')
    afterPost(() => {
      rmSync(fileOf('reports'), { recursive: true })
    })
    const { code, stdout, stderr } = await batch(plan, { words: [`--${name}`, fileOf('reports/x')] })
    expect({ code, stdout }).toEqual({ code: 11, stdout: '4711\n4712\n' })
    expect(stderr).toContain(`--${name}: there is no such folder`)
    expect(stderr).toContain('do not trigger them again')
    expect(stderr).not.toContain('No pipeline was created')
  },
)
