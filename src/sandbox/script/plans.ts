import type { JobPlan, Script } from './script.ts'

/** The three usual jobs, one for each stage. */
export const seedJobs: readonly JobPlan[] = [
  { name: 'run_tests', stage: 'test', script: 'make test' },
  { name: 'build_package', stage: 'build', script: 'make build', artifacts: 'package' },
  {
    name: 'upload_package',
    stage: 'package',
    script: 'if [ -n "${UPLOAD_TO_S3}" ]; then make upload; fi',
  },
]

type Changes = readonly (readonly [name: string, change: Partial<JobPlan>])[]

function changesOf(script: Script, plans: readonly JobPlan[]): Changes {
  const failing = plans.find(({ stage }) => stage === script.failsInStage)
  const first = plans[0]
  return [
    ...(script.manual ?? []).map((name) => [name, { when: 'manual', allowFailure: false }] as const),
    ...(script.manualMayFail ?? []).map((name) => [name, { when: 'manual', allowFailure: true }] as const),
    ...Object.entries(script.scheduled ?? {}).map(
      ([name, delay]) => [name, { when: 'delayed', delay }] as const,
    ),
    ...(failing === undefined ? [] : [[failing.name, { ends: 'failed' }] as const]),
    ...(script.stuckWithoutRunner === undefined || first === undefined
      ? []
      : [[first.name, { tags: script.stuckWithoutRunner, stuck: true }] as const]),
    ...Object.entries(script.job ?? {}),
  ]
}

function changed(plans: readonly JobPlan[], name: string, change: Partial<JobPlan>): JobPlan[] {
  const isKnown = plans.some((plan) => plan.name === name)
  if (!isKnown) return [...plans, { stage: name, ...change, name }]
  return plans.map((plan) => (plan.name === name ? { ...plan, ...change, name } : plan))
}

/** The jobs that a script asks for. Throws a RangeError for a stage that does not exist. */
export function plansOf(script: Script): JobPlan[] {
  const plans = script.jobs ?? seedJobs
  const { failsInStage } = script
  if (failsInStage !== undefined && !plans.some(({ stage }) => stage === failsInStage)) {
    throw new RangeError(`the script has no stage ${failsInStage}`)
  }
  return changesOf(script, plans).reduce((left, [name, change]) => changed(left, name, change), [...plans])
}
