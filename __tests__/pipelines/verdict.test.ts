import fc from 'fast-check'
import { jobsToPlay, verdictOf, type Policy } from '../../src/follow/verdict.ts'
import type { Downstream, Job, Pipeline } from '../../src/gitlab/pipelines/pipeline.ts'
import { holds } from '../helpers/property.ts'

const nothing = { createdAt: null, startedAt: null, finishedAt: null, erasedAt: null, webUrl: null }

/** A pipeline that GitLab says this of. */
function pipeline(status: string, jobs: Job[] = [], more: Partial<Pipeline> = {}): Pipeline {
  const known = { kind: 'pipeline', id: 12, iid: null, project: '9', ref: 'master', sha: null } as const
  const rest = {
    source: null,
    user: null,
    yamlErrors: null,
    hasWarnings: false,
    hidden: '',
    isGuessed: false,
  }
  return { ...known, ...rest, ...nothing, status, jobs, ...more }
}

function job(name: string, status: string, more: Partial<Job> = {}): Job {
  const rest = { failureReason: null, waits: '', tags: [], hasArtifacts: false, isBridge: false }
  return {
    id: 1,
    name,
    stage: null,
    status,
    allowFailure: false,
    downstream: null,
    ...rest,
    ...nothing,
    ...more,
  }
}

/** A bridge, and what it has started: a pipeline that may be read, or only its status. */
function bridge(name: string, status: string, below: Pipeline | string): Job {
  const downstream: Downstream =
    typeof below === 'string'
      ? {
          id: 13,
          project: '11',
          status: below,
          webUrl: null,
          pipeline: null,
          hidden: '404 Project Not Found',
        }
      : { id: 13, project: '11', status: below.status, webUrl: null, pipeline: below, hidden: '' }
  return job(name, status, { isBridge: true, downstream })
}

const usual: Policy = { onManual: 'fail', play: [], allowSkipped: false, failOnWarnings: false }
const policies = {
  usual,
  pass: { ...usual, onManual: 'pass' },
  wait: { ...usual, onManual: 'wait' },
  play: { ...usual, onManual: 'play', play: ['deploy'] },
  skipped: { ...usual, allowSkipped: true },
  warnings: { ...usual, failOnWarnings: true },
} as const satisfies Record<string, Policy>
type PolicyName = keyof typeof policies
const all = Object.keys(policies) as PolicyName[]
const but = (...names: PolicyName[]): PolicyName[] => all.filter((name) => !names.includes(name))

const deploy = job('deploy', 'manual', { webUrl: 'https://gitlab.example.com/group/app/-/jobs/7' })
const optional = job('cleanup', 'manual', { allowFailure: true })
const flaky = job('lint', 'failed', { allowFailure: true, failureReason: 'script_failure' })
const broken = job('unit', 'failed', { failureReason: 'runner_system_failure' })
const blocked = pipeline('manual', [deploy])
const waits = 'Pipeline 12 is waiting for manual action: deploy'
const at = ' at https://gitlab.example.com/group/app/-/jobs/7'
const moving = ''

// `+` is good, `-` is bad, nothing at all is moving.
// prettier-ignore
const rows: [name: string, Pipeline, under: PolicyName[], says: string][] = [
  ['success', pipeline('success'), but('play'), '+Pipeline 12 succeeded.'],
  ['success, a job that may fail failed', pipeline('success', [flaky]), but('warnings', 'play'), '+Pipeline 12 succeeded with warnings; allowed to fail, and failed: lint (script_failure).'],
  ['success, a job that may fail failed', pipeline('success', [flaky]), ['warnings'], '-Pipeline 12 succeeded with warnings; allowed to fail, and failed: lint (script_failure).'],
  ['success with warnings of which no job is seen', pipeline('success', [], { hasWarnings: true }), but('warnings', 'play'), '+Pipeline 12 succeeded with warnings.'],
  ['success with warnings of which no job is seen', pipeline('success', [], { hasWarnings: true }), ['warnings'], '-Pipeline 12 succeeded with warnings.'],
  ['success with warnings below', pipeline('success', [bridge('b', 'success', pipeline('success', [flaky]))]), ['warnings'], '-Pipeline 12 succeeded with warnings; allowed to fail, and failed: lint (script_failure).'],
  ['success, an optional job waits', pipeline('success', [optional]), but('play'), '+Pipeline 12 succeeded.'],
  ['success, the job to play is not there', pipeline('success', [job('deplyo', 'success')]), ['play'], '-Pipeline 12 succeeded, but has no job deploy to play.'],
  ['success, the job to play is below', pipeline('success', [bridge('b', 'success', pipeline('success', [job('deploy', 'success')]))]), ['play'], '+Pipeline 12 succeeded.'],
  ['success, a job to play that nobody waits for has its turn later', pipeline('success', [bridge('b', 'success', pipeline('running', [job('deploy', 'created')]))]), ['play'], moving],
  ['success, a job to play that nobody waits for runs', pipeline('success', [bridge('b', 'success', pipeline('running', [job('deploy', 'running')]))]), ['play'], moving],
  ['success, a job to play comes after one that waits', pipeline('success', [bridge('b', 'success', pipeline('manual', [job('sign', 'manual'), job('deploy', 'created')]))]), ['play'], '-Pipeline 12 succeeded, but deploy did not run.'],
  ['success, a job to play is in one that was canceled', pipeline('success', [bridge('b', 'success', pipeline('canceled', [job('deploy', 'created')]))]), ['play'], '+Pipeline 12 succeeded with warnings; downstream: pipeline 13 (b) was canceled.'],
  ['success, the job to play may be where nothing may be read', pipeline('success', [bridge('b', 'success', 'success')]), ['play'], '+Pipeline 12 succeeded.'],
  ['failed', pipeline('failed', [job('a', 'success'), broken]), all, '-Pipeline 12 failed: unit (runner_system_failure).'],
  ['failed, no job is seen', pipeline('failed'), all, '-Pipeline 12 failed.'],
  ['failed by its CI file', pipeline('failed', [], { yamlErrors: 'jobs config should contain at least one visible job' }), all, '-Pipeline 12 failed: jobs config should contain at least one visible job'],
  ['failed below', pipeline('failed', [bridge('b', 'failed', pipeline('failed', [broken]))]), all, '-Pipeline 12 failed: unit (runner_system_failure).'],
  ['failed below, where nothing may be read', pipeline('failed', [bridge('b', 'failed', 'failed')]), all, '-Pipeline 12 failed: b.'],
  ['failed, many jobs', pipeline('failed', [1, 2, 3, 4, 5, 6, 7].map((id) => job(`j${id}`, 'failed'))), ['usual'], '-Pipeline 12 failed: j1, j2, j3, j4, j5 and 2 more.'],
  ['failed, one may fail and one may not', pipeline('failed', [flaky, broken]), ['usual'], '-Pipeline 12 failed: unit (runner_system_failure).'],
  ['canceled', pipeline('canceled'), all, '-Pipeline 12 was canceled.'],
  ['skipped', pipeline('skipped'), but('skipped'), '-Pipeline 12 was skipped; no job ran.'],
  ['skipped', pipeline('skipped'), ['skipped'], '+Pipeline 12 was skipped.'],
  ['manual', blocked, but('pass', 'wait', 'play'), `-${waits}${at}.`],
  ['manual', blocked, ['pass'], `+${waits}.`],
  ['manual', blocked, ['wait', 'play'], moving],
  ['manual, two jobs, one of them played', pipeline('manual', [deploy, job('sign', 'manual')]), ['play'], '-Pipeline 12 is waiting for manual action: sign.'],
  ['manual, the job to play is not there', pipeline('manual', [job('sign', 'manual')]), ['play'], '-Pipeline 12 is waiting for manual action: sign; it has no job deploy to play.'],
  ['manual, one of them is optional', pipeline('manual', [optional, deploy]), ['usual'], `-${waits}${at}.`],
  ['manual, no job is seen', pipeline('manual'), but('pass', 'wait'), '-Pipeline 12 is waiting for manual action: a job.'],
  ['manual below, mirrored as it is', pipeline('manual', [bridge('b', 'manual', blocked)]), ['usual'], `-${waits}${at}.`],
  ['manual below, its bridge runs', pipeline('running', [job('a', 'success'), bridge('b', 'running', blocked), job('z', 'created')]), ['usual'], `-${waits}${at}.`],
  ['manual below, its bridge is pending', pipeline('pending', [bridge('b', 'pending', blocked)]), ['pass'], `+${waits}.`],
  ['manual two below', pipeline('running', [bridge('b', 'running', pipeline('running', [bridge('c', 'running', blocked)]))]), ['usual'], `-${waits}${at}.`],
  ['manual below, played', pipeline('running', [bridge('b', 'running', blocked)]), ['play', 'wait'], moving],
  ['manual below, where nothing may be read', pipeline('running', [bridge('b', 'running', 'manual')]), ['usual'], '-Pipeline 12 is waiting for manual action: b.'],
  ['manual below, something else still runs', pipeline('running', [bridge('b', 'running', blocked), job('a', 'running')]), all, moving],
  ['manual below, something else is delayed', pipeline('running', [bridge('b', 'running', blocked), job('a', 'scheduled')]), all, moving],
  ['manual below, not waited for', pipeline('success', [bridge('b', 'success', blocked)]), but('play'), '+Pipeline 12 succeeded.'],
  ['running, but only an optional manual job can start the rest', pipeline('running', [job('a', 'success'), optional, job('z', 'created')]), but('pass', 'wait', 'play'), '-Pipeline 12 is waiting for manual action: cleanup.'],
  ['running, but only a manual job can start the rest', pipeline('running', [job('a', 'success'), deploy, job('z', 'created')]), but('pass', 'wait', 'play'), `-${waits}${at}.`],
  ['running, nothing left but a manual job that blocks', pipeline('running', [job('a', 'success'), deploy]), ['pass'], `+${waits}.`],
  ['running, a job to play can start the rest', pipeline('running', [deploy, job('z', 'created')]), ['play', 'wait'], moving],
  ['running, an optional manual job and nothing else left', pipeline('running', [job('a', 'success'), optional]), all, moving],
  ['running, its jobs cannot be read', pipeline('running', [deploy, job('z', 'created')], { hidden: '403 Forbidden' }), all, moving],
  ['running, its bridges cannot be read', pipeline('running', [deploy, job('z', 'created')], { bridgesHidden: '403 Forbidden' }), all, moving],
  ['running, jobs of later stages may be missing', pipeline('running', [deploy, job('z', 'created')], { isGuessed: true }), all, moving],
  ...['running', 'pending', 'scheduled', 'preparing', 'waiting_for_resource', 'waiting_for_callback', 'canceling', 'wondering']
    .map((status): [string, Pipeline, PolicyName[], string] => [`running, a job is ${status}`, pipeline('running', [deploy, job('a', status), job('z', 'created')]), all, moving]),
  ['below only a manual job can start the rest', pipeline('running', [bridge('b', 'running', pipeline('running', [deploy, job('z', 'created')]))]), ['usual'], `-${waits}${at}.`],
  ['success, a trigger job that may fail did', pipeline('success', [{ ...bridge('b', 'failed', pipeline('failed', [broken])), allowFailure: true }]), ['usual'], '+Pipeline 12 succeeded with warnings; downstream: pipeline 13 (b) failed: unit (runner_system_failure).'],
  ['success, a trigger job that may fail did', pipeline('success', [{ ...bridge('b', 'failed', pipeline('failed', [broken])), allowFailure: true }]), ['warnings'], '-Pipeline 12 succeeded with warnings; downstream: pipeline 13 (b) failed: unit (runner_system_failure).'],
  ['success, what nobody waited for failed', pipeline('success', [bridge('b', 'success', pipeline('failed', [flaky, broken]))]), ['warnings'], '-Pipeline 12 succeeded with warnings; allowed to fail, and failed: lint (script_failure); downstream: pipeline 13 (b) failed: unit (runner_system_failure).'],
  ['success, what nobody waited for failed, where nothing may be read', pipeline('success', [bridge('b', 'success', 'failed')]), ['warnings'], '-Pipeline 12 succeeded with warnings; downstream: pipeline 13 (b) failed.'],
  ['success, what nobody waited for still runs', pipeline('success', [bridge('b', 'success', 'running'), bridge('c', 'success', 'canceled')]), ['usual'], '+Pipeline 12 succeeded with warnings; downstream: pipeline 13 (b) is still running, pipeline 13 (c) was canceled.'],
  ['success, two below something failed', pipeline('success', [bridge('b', 'success', pipeline('success', [bridge('c', 'success', 'failed')]))]), ['warnings'], '-Pipeline 12 succeeded with warnings; downstream: pipeline 13 (b > c) failed.'],
  ['success, what is below runs on, and below that', pipeline('success', [bridge('b', 'success', pipeline('running', [bridge('c', 'success', 'running')]))]), ['usual'], '+Pipeline 12 succeeded with warnings; downstream: pipeline 13 (b) is still running.'],
  ['running, between two jobs', pipeline('running', [job('a', 'success'), job('b', 'created')]), all, moving],
  ...['created', 'waiting_for_resource', 'preparing', 'waiting_for_callback', 'pending', 'running', 'canceling', 'scheduled', 'wondering', 'SUCCESS', 'constructor']
    .map((status): [string, Pipeline, PolicyName[], string] => [status, pipeline(status, [job('a', status)]), all, moving]),
]

const named = rows.flatMap(([name, seen, under, says]) =>
  under.map((policy) => [`${name}, policy ${policy}`, seen, policy, says] as const),
)

test.each(named)('%s', (_, seen, policy, says) => {
  const verdict = verdictOf(seen, policies[policy])
  expect(verdict.kind === 'moving' ? moving : `${verdict.isGood ? '+' : '-'}${verdict.sentence}`).toBe(says)
})

test.each([
  [
    'of a success',
    pipeline('success', [{ ...optional, name: 'deploy' }]),
    'Pipeline 12 succeeded, but deploy could not be started.',
  ],
  ['that blocks', blocked, `${waits}${at}.`],
])('a job to play %s that could not be started is no success', (_, seen, sentence) => {
  expect(verdictOf(seen, policies.play, ['deploy'])).toEqual({ kind: 'over', isGood: false, sentence })
})

// prettier-ignore
test.each<[what: string, root: Pipeline, names: string[]]>([
  ['of one that waits', blocked, ['deploy']],
  ['of one that succeeded', pipeline('success', [deploy]), ['deploy']],
  ['of one that was canceled', pipeline('canceled', [deploy]), []],
  ['of one that failed', pipeline('failed', [deploy]), []],
  ['of one that was skipped', pipeline('skipped', [deploy]), ['deploy']],
  ['below one that goes on', pipeline('running', [bridge('b', 'running', blocked)]), ['deploy']],
  ['below one that was canceled', pipeline('canceled', [bridge('b', 'canceled', blocked)]), []],
  ['below one that was canceled, and succeeded', pipeline('canceled', [bridge('b', 'success', pipeline('success', [deploy]))]), []],
  ['far below one that failed', pipeline('success', [bridge('b', 'success', pipeline('failed', [bridge('c', 'success', blocked)]))]), []],
  ['of one beside one that failed', pipeline('success', [bridge('b', 'success', pipeline('failed')), deploy]), ['deploy']],
])('a job to play %s', (_, root, names) => {
  expect(jobsToPlay(root, policies.play).map(({ job: { name } }) => name)).toEqual(names)
})

test('what v3 has in place of a pipeline is called so', () => {
  expect(verdictOf(pipeline('canceled', [], { kind: 'trigger_request' }), usual)).toMatchObject({
    sentence: 'The build of trigger request 12 was canceled.',
  })
})

const ends = ['success', 'failed', 'canceled', 'skipped']

test('whatever GitLab says, only success, and what a policy asks for, is good', () => {
  const statuses = fc.constantFrom(
    'created',
    'pending',
    'running',
    'success',
    'failed',
    'canceling',
    'canceled',
    'skipped',
    'manual',
    'scheduled',
    'new',
  )
  const jobs = fc.array(
    fc.record({ name: fc.constantFrom('a', 'deploy'), status: statuses, allowFailure: fc.boolean() }),
    { maxLength: 4 },
  )
  holds(
    fc.property(statuses, jobs, fc.constantFrom(...all), (status, plans, policy) => {
      const seen = pipeline(
        status,
        plans.map(({ name, status: own, allowFailure }) => job(name, own, { allowFailure })),
      )
      const verdict = verdictOf(seen, policies[policy])
      if (verdict.kind === 'moving') return
      expect(verdict.sentence).not.toMatch(/undefined|null|\[object/)
      if (!verdict.isGood) return
      const isIdle = plans.every((each) => ['manual', 'created', ...ends].includes(each.status))
      const needsPerson = status === 'running' && isIdle && plans.some((each) => each.status === 'manual')
      const asked =
        (policy === 'pass' && (status === 'manual' || needsPerson)) ||
        (policy === 'skipped' && status === 'skipped')
      expect(status === 'success' || asked).toBe(true)
    }),
  )
})
