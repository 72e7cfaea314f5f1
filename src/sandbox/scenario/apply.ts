import { changeSetting } from '../control/settings.ts'
import type { Fault } from '../http/faults.ts'
import type { DownstreamPlan, JobPlan } from '../script/script.ts'
import { addToken } from '../tokens/keep.ts'
import { personalToken } from '../world/credentials.ts'
import type { Scope } from '../world/credentials.ts'
import type { World } from '../world/model.ts'
import { newProject, newRef } from '../world/projects.ts'
import type { Project } from '../world/projects.ts'
import { userNamed } from '../world/users.ts'
import { scriptKey } from '../world/world.ts'
import type { Scenario, ScenarioJob, ScenarioProject, ScenarioRef } from './scenario.ts'

/** An object without the members that are undefined. */
function given<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T
}

/** The jobs of a ref, by project and name of the ref; the default ref without a name. */
type JobsOf = (project: number, ref: string | undefined) => readonly ScenarioJob[] | undefined

/**
 * What a bridge starts. In another project that is what the ref plays there, unless jobs are given; a bridge that leads back to a
 * project on its way starts the usual jobs.
 */
function downstreamFrom(downstream: NonNullable<ScenarioJob['downstream']>, jobsOf: JobsOf): DownstreamPlan {
  const { jobs: own, ...rest } = downstream
  const { project, ref } = downstream
  if (own !== undefined || project === undefined) {
    return { ...rest, ...(own && { jobs: own.map((job) => planFrom(job, jobsOf)) }) }
  }
  const others: JobsOf = (id, name) => (id === project ? undefined : jobsOf(id, name))
  const jobs = jobsOf(project, ref)?.map((job) => planFrom(job, others))
  return { ...rest, ...(jobs && { jobs }) }
}

function planFrom(job: ScenarioJob, jobsOf: JobsOf): JobPlan {
  return given<JobPlan>({
    name: job.name,
    stage: job.stage,
    script: job.script,
    when: job.when,
    delay: job.delay,
    waits: job.pending,
    runs: job.duration,
    ends: job.result,
    endsAfterRetry: job.result_after_retry,
    failureReason: job.failure_reason,
    allowFailure: job.allow_failure,
    stuck: job.stuck,
    tags: job.tags,
    log: job.log === undefined ? undefined : { text: job.log.replace(/\n?$/, '\n') },
    artifacts: job.artifacts === true ? 'package' : undefined,
    downstream: job.downstream && downstreamFrom(job.downstream, jobsOf),
  })
}

function addScript(world: World, project: Project, ref: ScenarioRef, jobsOf: JobsOf): void {
  const { jobs, plays, starts_after: startsAfter, actions: others, by = 'clock' } = ref
  const plans = jobs?.map((job) => planFrom(job, jobsOf))
  const script = { by, plays, jobs: plans, startsAfter, others }
  world.scripts.set(scriptKey(project.id, ref.name), given(script))
}

function defaultOf(refs: readonly ScenarioRef[]): ScenarioRef | undefined {
  return refs.find(({ kind }) => kind !== 'tag') ?? refs[0]
}

/** Throws a RangeError for a setting that does not exist, or that does not take its value. */
function addProject(world: World, from: ScenarioProject, jobsOf: JobsOf, now: number): void {
  const { id, path, members, refs, settings = {}, trigger_tokens: tokens = [] } = from
  const first = defaultOf(refs)
  const project = newProject(id, {
    path,
    defaultBranch: first?.name ?? 'main',
    ...(members && { members }),
  })
  project.refs = refs.map(
    ({ name, kind = 'branch', ci_file: ci = 'good', protected: isProtected = false }) => ({
      ...newRef(project, name, kind),
      ci,
      protected: isProtected,
    }),
  )
  world.projects.push(project)
  for (const username of Object.keys(project.members)) userNamed(world.users, username)
  for (const ref of refs)
    if ((ref.ci_file ?? 'good') === 'good')
      addScript(world, project, ref, (id, name) => (id === project.id ? undefined : jobsOf(id, name)))
  for (const { token, description = null, owner = 'seed' } of tokens) {
    addToken(world, { project, token, description, owner, createdAt: now })
  }
  for (const [name, value] of Object.entries(settings)) {
    const problem = changeSetting(world, project, name, value)
    if (problem !== undefined) throw new RangeError(`settings of project ${id}: ${problem}`)
  }
}

/** The faults of a scenario, in their order. */
export function faultsOf({ faults = [] }: Scenario): Fault[] {
  return faults.flatMap(
    ({ times = 1, kind = 'answer', content_type: contentType, create_then: createThen, ...rest }) => {
      const fault = given({ kind, contentType, createThen, ...rest }) as Fault
      return Array.from({ length: times }, () => ({ ...fault }))
    },
  )
}

/** Puts a scenario into a new world, in place of its projects. The personal tokens and the users stay. */
export function applyScenario(world: World, scenario: Scenario, now: number): void {
  const { projects, triggers, credentials, scripts } = world
  projects.splice(0)
  triggers.splice(0)
  scripts.clear()
  for (const [token, { kind }] of [...credentials]) if (kind !== 'personal') credentials.delete(token)
  const jobsOf: JobsOf = (id, name) => {
    const refs = scenario.projects.find((project) => project.id === id)?.refs ?? []
    return (name === undefined ? defaultOf(refs) : refs.find((ref) => ref.name === name))?.jobs
  }
  for (const project of scenario.projects) addProject(world, project, jobsOf, now)
  for (const { token, username, scopes } of scenario.api_tokens ?? []) {
    const wanted: readonly Scope[] = scopes ?? ['api']
    userNamed(world.users, username)
    credentials.set(token, personalToken(username, { scopes: wanted }))
  }
}
