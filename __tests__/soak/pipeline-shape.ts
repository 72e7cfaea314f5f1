import fc from 'fast-check'
import type { Action, JobPlan } from '../../src/sandbox/server.ts'
import { logForms, type LogForm } from './log-form.ts'

/** What another user does to a pipeline: at which step, and to which of its jobs; undefined is all of it. */
export interface OtherShape {
  at: number
  do: Action['do']
  job: number | undefined
}

/** A pipeline as random numbers give it; names follow from the places of its jobs. */
export interface PipelineShape {
  jobs: readonly JobShape[]
  others: readonly OtherShape[]
}

/** A job of it. Times are in steps of the sandbox. */
export interface JobShape {
  stage: number
  kind: 'usual' | 'manual' | 'delayed' | 'stuck' | 'bridge'
  mayFail: boolean
  /** It is prepared before, or waits for a resource. */
  before: boolean
  waits: number
  runs: number
  ends: 'success' | 'failed'
  endsAfterRetry: 'success' | 'failed'
  log: LogForm
  /** What a bridge starts: undefined is a pipeline of the same project. */
  project: 10 | 11 | undefined
  depend: boolean
  below: PipelineShape
}

const nobody: PipelineShape = { jobs: [], others: [] }
const result = fc.constantFrom('success' as const, 'success' as const, 'failed' as const)

/** A job in a number of levels of pipelines. */
function jobShapes(levels: number): fc.Arbitrary<JobShape> {
  return fc
    .record({
      stage: fc.nat(2),
      kind: fc.oneof(
        { weight: 12, arbitrary: fc.constant<JobShape['kind']>('usual') },
        { weight: 2, arbitrary: fc.constant<JobShape['kind']>('manual') },
        { weight: 1, arbitrary: fc.constant<JobShape['kind']>('delayed') },
        { weight: 1, arbitrary: fc.constant<JobShape['kind']>('stuck') },
        { weight: levels > 1 ? 6 : 0, arbitrary: fc.constant<JobShape['kind']>('bridge') },
      ),
      mayFail: fc.boolean(),
      before: fc.boolean(),
      waits: fc.nat(3),
      runs: fc.oneof(fc.nat(6), fc.nat(6), fc.nat(30)),
      ends: result,
      endsAfterRetry: result,
      log: logForms,
      project: fc.constantFrom(undefined, 10 as const, 11 as const),
      depend: fc.boolean(),
    })
    .chain((job) =>
      job.kind === 'bridge'
        ? pipelineShapes(levels - 1, 3).map((below) => ({ ...job, below }))
        : fc.constant({ ...job, below: nobody }),
    )
}

const otherShapes = fc.record({
  at: fc.integer({ min: 1, max: 40 }),
  do: fc.constantFrom<Action['do']>('retry', 'retry', 'retry', 'cancel', 'play'),
  job: fc.option(fc.nat(4), { nil: undefined }),
})

/** Pipelines in a number of levels, of a number of jobs each. */
export function pipelineShapes(levels: number, jobs: number): fc.Arbitrary<PipelineShape> {
  return fc.record({
    jobs: fc.array(jobShapes(levels), { minLength: 1, maxLength: jobs }),
    others: fc.array(otherShapes, { maxLength: 3 }),
  })
}

/** The jobs in the order of their stages, with their names. */
const named = ({ jobs }: PipelineShape): { name: string; job: JobShape }[] =>
  jobs
    .toSorted((one, other) => one.stage - other.stage)
    .map((job, at) => ({ name: String.fromCharCode(97 + at), job }))

/**
 * What others do. A user starts a job by hand once at most, and none that the program starts: what runs cannot be
 * started.
 */
function actionsOf(shape: PipelineShape, played: string | undefined): Action[] {
  const jobs = named(shape)
  const started = new Set(played === undefined ? [] : [played])
  return shape.others.flatMap((other): Action[] => {
    const which = other.job === undefined ? undefined : jobs[other.job % jobs.length]
    if (other.do !== 'play') return [{ at: other.at, do: other.do, ...(which && { job: which.name }) }]
    if (which?.job.kind !== 'manual' || started.has(which.name)) return []
    started.add(which.name)
    return [{ at: other.at, do: 'play', job: which.name }]
  })
}

const isEndless = ({ jobs }: PipelineShape): boolean =>
  jobs.some(({ kind, below }) => kind === 'stuck' || kind === 'manual' || isEndless(below))

/** The largest number of steps of a pipeline, unless it waits for manual action: everything one after the other, as often as it is retried. */
function stepsOf({ jobs, others }: PipelineShape): number {
  const each = jobs.map(({ waits, runs, below }) => 8 + waits + runs + stepsOf(below))
  const times = 1 + others.filter((other) => other.do === 'retry').length
  return Math.max(0, ...others.map(({ at }) => at)) + times * each.reduce((sum, steps) => sum + steps, 0)
}

/** A pipeline for the sandbox. */
export interface BuiltPipeline {
  jobs: JobPlan[]
  others: Action[]
  /** The log of each job, by its `script`, which a retry takes over. */
  logs: Map<string, LogForm>
  isEndless: boolean
  steps: number
}

/** Makes what a sandbox plays; `played` is the name of a job that our line starts. */
export function buildPipeline(shape: PipelineShape, played: string | undefined): BuiltPipeline {
  const logs = new Map<string, LogForm>()
  const plansOf = (each: PipelineShape): JobPlan[] =>
    named(each).map(({ name, job }): JobPlan => {
      const script = `log ${logs.size}`
      logs.set(script, job.log)
      return {
        ...{ name, stage: String(job.stage), script, allowFailure: job.mayFail },
        ...{ waits: job.waits, runs: job.runs, ends: job.ends, endsAfterRetry: job.endsAfterRetry },
        ...(job.before && { before: ['waiting_for_resource', 'preparing'] }),
        ...(job.kind === 'manual' && { when: 'manual' }),
        ...(job.kind === 'delayed' && { when: 'delayed', delay: 4 }),
        ...(job.kind === 'stuck' && { stuck: true, tags: ['gpu'] }),
        ...(job.kind === 'bridge' && {
          downstream: {
            depend: job.depend,
            jobs: plansOf(job.below),
            others: actionsOf(job.below, played),
            ...(job.project !== undefined && { project: job.project }),
          },
        }),
      }
    })
  const jobs = plansOf(shape)
  return {
    ...{ jobs, logs, others: actionsOf(shape, played) },
    isEndless: isEndless(shape),
    steps: stepsOf(shape),
  }
}
