import type { Reader } from '../auth/abilities.ts'
import { can, isBlocked, maySetVariables } from '../auth/abilities.ts'
import { base, Halt } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { isTooMany } from '../http/limits.ts'
import type { TriggerToken } from '../tokens/trigger-token.ts'
import { has } from '../version/differences.ts'
import type { Pipeline } from '../world/model.ts'
import type { Project } from '../world/projects.ts'
import { makePipeline } from '../world/world.ts'
import { tooManyInputs, inputsOf } from './inputs.ts'
import type { Resolved } from './refs.ts'
import { resolveRef } from './refs.ts'
import { storedVariables } from './variables.ts'

/** What the creation of a pipeline needs to know. */
export interface CreatePlan {
  project: Project
  ref: string
  source: 'trigger' | 'pipeline' | 'api'
  /** As whom it runs. */
  who: Exclude<Reader, { kind: 'nobody' }>
  variables: Map<string, string>
  /** The names of the variables of the type `file`. */
  files?: Set<string>
  /** The token that it starts with. */
  trigger?: TriggerToken
  /** GitLab's own variable TRIGGER_PAYLOAD, if it adds one. */
  payload?: string | undefined
}

/** A pipeline, and the answer if it is not the ordinary one: 18.9 answers 422 to one that failed at once. */
export interface Created {
  pipeline: Pipeline
  refusal?: Answer
}

const brokenYaml = 'jobs config should contain at least one visible job'

const noJobs =
  'Pipeline will not run for the selected trigger. ' +
  'The rules configuration prevented any jobs from being added to the pipeline.'

const refuse = (why: string): Halt => new Halt(base(400, why))

/** Variables may be refused; GitLab's own payload is let through for trigger tokens alone (docs/gitlab.md#2.8). */
function checkVariables(call: Call, { project, source, who, variables }: CreatePlan): void {
  const counted = variables.size > 0 || source === 'pipeline'
  if (counted && has(call.gitlab, 'variableRoles') && !maySetVariables(who, project)) {
    throw refuse('Insufficient permissions to set pipeline variables')
  }
}

function checkRights(call: Call, { project, who }: CreatePlan): void {
  if (project.ci === 'disabled' && has(call.gitlab, 'disabledCi')) throw refuse('Pipelines are disabled!')
  const isAllowed = can(who, 'create_pipeline', project) && !isBlocked(call.world, who.username)
  if (has(call.gitlab, 'roleChecks') && !isAllowed) {
    throw refuse('Insufficient permissions to create a new pipeline')
  }
}

function protectedMessage(call: Call, ref: string): string {
  return has(call.gitlab, 'currentMessages')
    ? `You do not have sufficient permission to run a pipeline on '${ref}'. Please select a different branch or contact your administrator for assistance. Learn more`
    : `Insufficient permissions for protected ref '${ref}'`
}

/** Both limits are counted, whichever is reached first. */
function checkLimits(call: Call, { project, who }: CreatePlan, sha: string): void {
  if (!has(call.gitlab, 'pipelineLimits')) return
  const { world, now } = call
  const ofProject = `pipelines of ${project.id} at ${sha} by ${who.username}`
  const exceeded = [
    isTooMany(world, ofProject, project.pipelinesPerMinute, now),
    isTooMany(world, `pipelines by ${who.username}`, world.limits.pipelinesPerUser, now),
  ]
  if (!exceeded.includes(true)) return
  const refusal = refuse('Too many pipelines created in the last minute. Try again later.')
  // The minute that was counted, and the Date, are of one clock.
  refusal.answer.headers['date'] = new Date(now).toUTCString()
  throw refusal
}

/** The ref of a pipeline that may be created. Halts with GitLab's reason where there will be none. */
function admittedRef(call: Call, plan: CreatePlan): Resolved {
  checkVariables(call, plan)
  checkRights(call, plan)
  const ref = resolveRef(plan.project, plan.ref, call.gitlab)
  if (typeof ref === 'string') throw refuse(ref)
  if (ref.protected && has(call.gitlab, 'protectedRefs')) throw refuse(protectedMessage(call, ref.name))
  checkLimits(call, plan, ref.sha)
  if (ref.ci === 'empty') {
    throw refuse(has(call.gitlab, 'currentMessages') ? noJobs : 'No stages / jobs for this pipeline.')
  }
  return ref
}

/** What makes a pipeline fail the moment it exists, or undefined. */
function instantFailure(ref: Resolved, plan: CreatePlan, inputs: unknown): string | undefined {
  if (plan.payload !== undefined && plan.variables.has('TRIGGER_PAYLOAD')) {
    return 'Duplicate variable name: TRIGGER_PAYLOAD'
  }
  if (typeof inputs === 'string') return inputs
  return ref.ci === 'broken' ? brokenYaml : undefined
}

/**
 * Makes a pipeline in the order of GitLab's own checks, or halts with `{"message":{"base":[why]}}`;
 * `trigger.ts` says that in the words of 8.x. A pipeline that fails at once is kept, unless it came by the
 * pipelines API.
 */
export function create(call: Call, plan: CreatePlan): Created {
  if (tooManyInputs(call)) throw refuse('There cannot be more than 20 inputs')
  const ref = admittedRef(call, plan)
  const variables = storedVariables(call, plan.variables)
  const inputs = inputsOf(call, plan.project)
  const failure = instantFailure(ref, plan, inputs)
  const isKept = plan.source !== 'api' && has(call.gitlab, 'failedPipelinesKept')
  if (failure !== undefined && !isKept) throw refuse(failure)
  const pipeline = makePipeline(call.world, {
    project: plan.project,
    ref: ref.name,
    sha: ref.sha,
    tag: ref.tag,
    source: plan.source,
    username: plan.who.username,
    createdAt: call.now,
    variables,
    ...(plan.files && { files: plan.files }),
    ...(plan.trigger && { trigger: plan.trigger }),
    ...(typeof inputs === 'string' ? {} : { inputs }),
    ...(plan.payload === undefined ? {} : { payload: plan.payload }),
    ...(failure === undefined ? {} : { fixedStatus: 'failed', yamlErrors: failure }),
    ...(ref.ci === 'failing' ? { failingJob: 'build_package' } : {}),
  })
  const isRefused = failure !== undefined && has(call.gitlab, 'failedAtOnce')
  return isRefused ? { pipeline, refusal: base(422, failure) } : { pipeline }
}
