import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { run, runIn, type Result } from '../helpers/run.ts'
import { made, none, statesIn } from '../helpers/pipeline-sentences.ts'
import { useFolder, newWorld, type WorldOptions } from '../helpers/world.ts'
import { runInTime, when, whenStalled } from '../helpers/clock.ts'

const gitlab = useGitlab()
const folder = useFolder()

const read = (name: string): string => readFileSync(join(folder().path, name), 'utf8')

/** A user in a folder of their own who may read project 9. */
function here(more: Record<string, string> = {}): WorldOptions {
  const env = {
    GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api,
    XDG_STATE_HOME: join(folder().path, 'state'),
    ...more,
  }
  return { ...environment(gitlab(), env), cwd: folder().path }
}

const files = '--dotenv x.env --junit x.xml --artifacts out'

test('run --wait: all of it, and stdout is the id', async () => {
  const { code, stdout } = await run(`--ref master --wait ${files}`, here())
  expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
  expect(read('x.env')).toContain('PIPELINE_STATUS=success\n')
  expect(read('x.xml')).toContain('<testsuites name="Pipeline 4711" tests="2"')
  expect(readdirSync(join(folder().path, 'out', 'build_package'))).toEqual(['dist', 'report.xml'])
})

test('run without waiting writes what is known at once', async () => {
  const { code } = await run('--ref master --dotenv x.env', here())
  expect(code).toBe(0)
  expect(read('x.env')).toMatch(/^PIPELINE_ID=4711\n/)
})

test.each(['', '--json'])('nothing is sent where a report cannot be written %s', async (json) => {
  mkdirSync(join(folder().path, 'out'))
  writeFileSync(join(folder().path, 'out', 'mine'), '')
  const { code, stdout, stderr } = await run(`--ref master --wait ${files} ${json}`, here())
  expect(code).toBe(2)
  expect(statesIn(stderr)).toEqual([none])
  expect(stderr).toMatch(/--artifacts: cannot use .*out: it is not empty/)
  if (json === '') expect(stdout).toBe('')
  else expect(JSON.parse(stdout)).toMatchObject({ id: null, build_state: 'none', exit_code: 2 })
  expect(posts(gitlab())).toEqual([])
})

test('a dry run makes nothing', async () => {
  await run('--ref master --dry-run --dotenv x.env', here())
  expect(existsSync(join(folder().path, 'x.env'))).toBe(false)
})

test('--once: the build of an earlier run is told too', async () => {
  await run('--ref master --once k', here())
  const { code } = await run('--ref master --once k --dotenv x.env', here())
  expect([code, posts(gitlab()).length]).toEqual([0, 1])
  expect(read('x.env')).toMatch(/^PIPELINE_ID=4711\n/)
})

/** The test report may not be read. */
function refuseReports(): void {
  const body = '{"message":"403 Forbidden"}'
  for (let count = 0; count < 9; count++) {
    gitlab().failNext({ kind: 'answer', path: 'test_report', status: 403, body })
  }
}

// prettier-ignore
const ends: [ref: string, line: string, code: number, says: RegExp][] = [
  ['master', '--wait', 11, /--junit: 403 Forbidden/],
  ['failing', '--wait', 3, /Pipeline 4711 failed[\s\S]*; also, --junit: 403 Forbidden/],
]
test.each(ends)('%s %s without its test report ends with %i', async (ref, line, expected, says) => {
  refuseReports()
  const { code, stdout, stderr } = await run(`--ref ${ref} ${line} ${files}`, here())
  expect({ code, stdout }).toEqual({ code: expected, stdout: '4711\n' })
  expect(statesIn(stderr)).toEqual([made(4711)])
  expect(stderr).toMatch(says)
  expect(readdirSync(join(folder().path, 'out'))).toEqual(['build_package'])
})

test('wait: the same for pipelines that are there; several get folders of their own', async () => {
  const ids = [1, 2].map(() => gitlab().addPipeline().id)
  const one = await run(['wait', String(ids[0]), ...files.split(' ')], here())
  expect(one.code).toBe(0)
  expect(read('x.env')).toContain('PIPELINE_STATUS=success\n')
  const two = await run(['wait', ...ids.map(String), '--artifacts', 'two'], here())
  expect(two.code).toBe(0)
  expect(readdirSync(join(folder().path, 'two'))).toEqual(ids.map(String))
  const refused = await run(['wait', ...ids.map(String), '--dotenv', 'x.env'], here())
  expect([refused.code, refused.stdout]).toEqual([2, ''])
})

test('an interrupt while artifacts come: the pipeline is not said to go on', async () => {
  const world = newWorld(here())
  gitlab().failNext({ path: /\/artifacts$/, kind: 'stall' })
  whenStalled(gitlab(), () => {
    world.interrupt('SIGTERM')
  })
  const { code, stderr }: Result = await runIn(world, '--ref master --wait --artifacts out')
  expect(code).toBe(143)
  expect(statesIn(stderr)).toEqual([made(4711)])
  expect(stderr).not.toMatch(/is still running/)
  expect(readdirSync(join(folder().path, 'out'))).toEqual([])
})

test('a look that hangs at the end of the grace does not make a failed pipeline one whose end was not seen', async () => {
  const isSeenOnce = (): boolean => gitlab().requests.some(({ path }) => path.endsWith('/pipelines/4711'))
  const stop = when(isSeenOnce, () => {
    gitlab().failNext({ path: /pipelines\/4711$/, kind: 'stall' })
  })
  const { code } = await runInTime(gitlab(), '--ref failing --wait', here())
  stop()
  expect(code).toBe(3)
})
