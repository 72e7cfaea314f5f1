import { base, Halt } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { Project } from '../world/projects.ts'
import type { TriggerToken } from '../tokens/trigger-token.ts'
import { atLeast } from '../version/version.ts'
import type { Pipeline } from '../world/model.ts'
import { makePipeline } from '../world/world.ts'
import { inputsOf } from './inputs.ts'
import { payloadOf } from './payload.ts'
import type { Resolved } from './refs.ts'
import { resolveRef } from './refs.ts'
import { storedVariables } from './variables.ts'

/** What the creation of a pipeline needs to know. */
export interface CreatePlan {
  project: Project
  ref: string
  source: string
  variables: Map<string, string>
  /** The token that it starts with, and as whose owner it runs. */
  trigger?: TriggerToken
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

function protectedMessage(call: Call, ref: string): string {
  return atLeast(call.gitlab, '18.9')
    ? `You do not have sufficient permission to run a pipeline on '${ref}'. Please select a different branch or contact your administrator for assistance. Learn more`
    : `Insufficient permissions for protected ref '${ref}'`
}

/** Why there will be no pipeline at all, or undefined. In 8.x the protection of a branch does not matter. */
function obstacle(call: Call, ref: Resolved): string | undefined {
  const modern = atLeast(call.gitlab, '10.3')
  if (ref.protected && modern) return protectedMessage(call, ref.name)
  if (ref.ci === 'empty') return atLeast(call.gitlab, '18.9') ? noJobs : 'No stages / jobs for this pipeline.'
  // Before 8.11 a broken file leaves nothing behind (facts 1.2).
  return ref.ci === 'broken' && call.gitlab === '8.5' ? 'No builds created' : undefined
}

/** What makes a pipeline fail the moment it exists, or undefined. */
function instantFailure(call: Call, ref: Resolved, variables: Map<string, string>): string | undefined {
  if (ref.ci === 'broken') return brokenYaml
  const doubled = atLeast(call.gitlab, '18.9') && variables.has('TRIGGER_PAYLOAD')
  return doubled ? 'Duplicate variable name: TRIGGER_PAYLOAD' : undefined
}

/** Makes a pipeline, or halts with `{"message":{"base":[why]}}`; `trigger.ts` says it in the words of 8.x. */
export function create(call: Call, plan: CreatePlan): Created {
  const { project, source } = plan
  const ref = resolveRef(project, plan.ref, call.gitlab)
  if (typeof ref === 'string') throw new Halt(base(400, ref))
  const why = obstacle(call, ref)
  if (why !== undefined) throw new Halt(base(400, why))
  const variables = storedVariables(call, plan.variables)
  const inputs = inputsOf(call, project)
  const failure = instantFailure(call, ref, variables)
  const payload = payloadOf(call)
  const pipeline = makePipeline(call.world, {
    project,
    ref: ref.name,
    sha: ref.sha,
    tag: ref.tag,
    source,
    ...(plan.trigger && { trigger: plan.trigger, username: plan.trigger.owner }),
    createdAt: call.now,
    variables,
    inputs,
    ...(payload === undefined ? {} : { payload }),
    ...(failure === undefined ? {} : { fixedStatus: 'failed', yamlErrors: failure }),
    ...(ref.ci === 'failing' ? { failingJob: 'build_package' } : {}),
  })
  const refused = failure !== undefined && atLeast(call.gitlab, '18.9')
  return refused ? { pipeline, refusal: base(422, failure) } : { pipeline }
}
