import type { JobPlan, Script } from '../../src/sandbox/server.ts'
import { requestPaths, useFollower } from '../helpers/follower.ts'
import { posts } from '../helpers/gitlab.ts'
import { made, statesIn } from '../helpers/pipeline-sentences.ts'

const follower = useFollower()

/** Jobs whose statuses a script gives outright, one a look. */
const stays = (name: string, status: string, more: Partial<JobPlan> = {}): JobPlan => ({
  name,
  stage: name,
  statuses: [status],
  ...more,
})
const manual = (name: string, more: Partial<JobPlan> = {}): JobPlan => ({
  name,
  stage: name,
  when: 'manual',
  ...more,
})
const only = (status: string): Script => ({ pipeline: [status], jobs: [stays('a', status)] })
const flaky: Script = { jobs: [{ name: 'f', stage: 'f', ends: 'failed', allowFailure: true }] }
const blocked: Script = { jobs: [manual('deploy'), { name: 'z', stage: 'z' }] }
const two: Script = { jobs: [manual('deploy'), manual('sign')] }

const idle: Script = {
  pipeline: ['running'],
  jobs: [stays('a', 'success'), stays('deploy', 'manual', { allowFailure: true }), stays('z', 'created')],
}

/** One of this status that has started another, which is not waited for; a job of that one may be started by hand. */
const below = (status: string): Script => ({
  pipeline: [status],
  jobs: [
    { name: 'start', stage: 'a', downstream: { jobs: [manual('apply', { allowFailure: true, runs: 5 })] } },
  ],
})

const goneOn = /\nTo resume waiting: gitlab-trigger wait --server \S+ --project 9 (.* )?4711\n/

// prettier-ignore
const rows: [name: string, Script, flags: string, code: number, says: RegExp][] = [
  ['success', {}, '', 0, /^$/],
  ['failed', { failsInStage: 'build' }, '', 3, /Pipeline 4711 failed: build_package \(script_failure\)\n(Pipeline 4711 was created\.\n)?See http:\S+\/pipelines\/4711\. To run the failed jobs again: gitlab-trigger retry --server http:\S+ --project 9 4711\n/],
  ['failed for want of a runner', { job: { run_tests: { ends: 'failed', failureReason: 'stuck_or_timeout_failure' } } }, '', 3, /failed: run_tests \(stuck_or_timeout_failure\)/],
  ['canceled', only('canceled'), '', 3, /Pipeline 4711 was canceled\n(Pipeline 4711 was created\.\n)?See http:\S+\/pipelines\/4711\n/],
  ['canceled by somebody meanwhile', { job: { run_tests: { runs: 9 } }, others: [{ at: 4, do: 'cancel' }] }, '', 3, /Pipeline 4711 was canceled\n/],
  ['skipped', only('skipped'), '', 3, /Pipeline 4711 was skipped; no job ran\n/],
  ['skipped', only('skipped'), '--allow-skipped', 0, /^$/],
  ['warnings', flaky, '', 0, /^$/],
  ['warnings', flaky, '--fail-on-warnings', 3, /succeeded with warnings; allowed to fail, and failed: f \(script_failure\)\n/],
  ['manual', blocked, '', 3, /Pipeline 4711 is waiting for manual action: deploy at http:\S+\/-\/jobs\/9001\n/],
  ['manual', blocked, '--on-manual fail', 3, /is waiting for manual action: deploy/],
  ['manual', blocked, '--on-manual pass', 0, /^$/],
  ['manual', blocked, '--on-manual wait --run-timeout 1h --queue-timeout 5m', 8, /No job of pipeline 4711 started within 5 min: "deploy" is manual \(start it in GitLab or with --play deploy\)\n/],
  ['running, but only a manual job can start the rest', idle, '--run-timeout 10m', 3, /Pipeline 4711 is waiting for manual action: deploy at http:\S+\/-\/jobs\/\d+\n/],
  ['running, but only a manual job can start the rest', idle, '--on-manual pass', 0, /^$/],
  ['running, but only a manual job can start the rest', idle, '--on-manual wait --run-timeout 10m', 8, /has run for 10 min and is still running: "deploy" is manual \(start it in GitLab or with --play deploy\)\n/],
  ['manual, somebody comes', { ...blocked, others: [{ at: 40, do: 'play', job: 'deploy' }] }, '--on-manual wait', 0, /^$/],
  ['manual', blocked, '--play deploy', 0, /^$/],
  ['manual', blocked, '--play deploy --on-manual play', 0, /^$/],
  ['manual', blocked, '--play deplyo', 3, /is waiting for manual action: deploy/],
  ['manual, two', two, '--play deploy', 3, /is waiting for manual action: sign at/],
  ['manual, two', two, '--play deploy --play sign', 0, /^$/],
  ['canceled, and below it a job to play', below('canceled'), '--play apply --retry-grace 30s --run-timeout 5m', 3, /Pipeline 4711 was canceled\n/],
  ['failed, and below it a job to play', below('failed'), '--play apply --retry-grace 30s --run-timeout 5m', 3, /[Pp]ipeline (4711 )?failed( immediately)?\n/],
  ['success, and below it a job to play', below('success'), '--play apply', 0, /^$/],
  ['skipped, since all its jobs are optional and manual', { jobs: [manual('deploy', { allowFailure: true })] }, '--play deploy', 0, /^$/],
  ['skipped, and the job to play fails', { jobs: [manual('deploy', { allowFailure: true, ends: 'failed' })] }, '--play deploy --fail-on-warnings', 3, /deploy/],
  ['manual, the played one fails', { jobs: [manual('deploy', { ends: 'failed' })] }, '--play deploy', 3, /failed: deploy \(script_failure\)/],
  ['an optional manual job', { manualMayFail: ['deploy'] }, '', 0, /^$/],
  ['scheduled', { jobs: [{ name: 'd', stage: 'd', when: 'delayed', delay: 60 }] }, '', 0, /^$/],
  ['all that moves', { jobs: [{ name: 'w', stage: 'w', before: ['waiting_for_resource', 'preparing', 'waiting_for_callback'] }] }, '', 0, /^$/],
  ['unknown words, then success', { pipeline: { 1: 'wondering', 30: 'pondering', 60: 'success' } }, '', 0, /^$/],
  ['success, then somebody retries, too late', { pipeline: { 1: 'running', 2: 'success', 3: 'running' } }, '', 0, /^$/],
  ...['created', 'waiting_for_resource', 'preparing', 'waiting_for_callback', 'pending', 'running', 'canceling', 'scheduled', 'wondering', 'constructor']
    .map((status): [string, Script, string, number, RegExp] => [`${status} for ever`, only(status), '--run-timeout 15m --queue-timeout 15m --poll-interval 30s', 8, goneOn]),
]

const named = rows.map(([name, script, flags, code, says]) => ({
  name: `${name} ${flags}`,
  script,
  flags,
  code,
  says,
}))

describe.each(['run', 'wait'] as const)('%s', (command) => {
  test.each(named)('$name: exit $code', async ({ script, flags, code, says }) => {
    const { gitlab, follow } = follower
    if (command === 'wait') {
      gitlab().script('master', script)
      gitlab().addPipeline()
    }
    const line = command === 'run' ? `--ref master --wait ${flags}` : `wait 4711 ${flags}`
    const result = await follow(line, script)
    expect(result.stderr).toMatch(says)
    expect(result.code).toBe(code)
    expect(result.stderr).not.toMatch(/undefined|\[object|null/)
    expect(statesIn(result.stderr)).toEqual(code === 0 || command === 'wait' ? [] : [made(4711)])
    expect(result.stdout).toMatch(command === 'run' ? /^4711\n$/ : /^4711 \w+\n$/)
    expect(posts(gitlab()).filter(({ path }) => path.includes('trigger'))).toHaveLength(
      command === 'run' ? 1 : 0,
    )
  })
})

test('a broken CI file: GitLab makes a failed pipeline, whose errors are told', async () => {
  const { gitlab, follow } = follower
  const { code, stdout, stderr } = await follow('--ref broken --wait')
  expect(code).toBe(3)
  expect(stdout).toBe('4711\n')
  expect(stderr).toMatch(/jobs/i)
  // It is looked up once, and not followed.
  expect(requestPaths(gitlab()).filter((line) => line.startsWith('GET pipelines/'))).toEqual([
    'GET pipelines/4711/variables',
  ])
  // It has no jobs to run again.
  expect(stderr).not.toContain('gitlab-trigger retry')
})

test('what somebody retries within the grace is followed again', async () => {
  const script: Script = { ...{ failsInStage: 'test' }, others: [{ at: 7, do: 'retry' }] }
  const { follow } = follower
  expect(await follow('--ref master --wait', script)).toMatchObject({ code: 0 })
})

test.each([
  ['3s', 3],
  ['1ms', 3],
  ['1m', 0],
])('a retry after half a minute, with a grace of %s: exit %i', async (grace, code) => {
  const script: Script = { pipeline: { 1: 'running', 2: 'failed', 30: 'running', 33: 'success' } }
  const result = await follower.follow(`--ref master --wait --retry-grace ${grace}`, script)
  expect(result.code).toBe(code)
})
