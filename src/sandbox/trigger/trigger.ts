import type { Reader } from '../auth/abilities.ts'
import { can } from '../auth/abilities.ts'
import { Halt, json, message, notFound } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { header } from '../http/call.ts'
import { initialLife } from '../life/life.ts'
import { pipelineShape } from '../shapes/pipeline.ts'
import type { TriggerToken } from '../tokens/trigger-token.ts'
import { has } from '../version/differences.ts'
import type { JobToken } from '../world/credentials.ts'
import type { Project } from '../world/projects.ts'
import { formerlyAt, projectOf } from '../world/world.ts'
import type { Asked } from './asked.ts'
import { asked } from './asked.ts'
import type { Created } from './create.ts'
import { create } from './create.ts'
import { payloadOf } from './payload.ts'
import { sentVariables, textsOf } from './variables.ts'

interface Admitted {
  project: Project
  source: 'trigger' | 'pipeline'
  who: Exclude<Reader, { kind: 'nobody' }>
  trigger?: TriggerToken
}

const jobProblems = { finished: 'Job is not running', expired: 'Job token has expired' }

/** A job token starts a downstream pipeline on 18.9; before, it is an unknown trigger token (docs/gitlab.md#2.5). */
function admitJob(call: Call, project: Project, token: JobToken): Admitted {
  if (!has(call.gitlab, 'jobTokens')) throw new Halt(notFound())
  if (token.state !== 'running') throw new Halt(message(401, jobProblems[token.state]))
  const who = { kind: 'job', username: token.username, project: token.project } as const
  if (!can(who, 'read_project', project)) throw new Halt(notFound())
  return { project, source: 'pipeline', who }
}

/** The project, if the token opens it. Nothing but the token counts here; headers do not (docs/gitlab.md#2.1). */
function admit(call: Call, token: string): Admitted {
  const id = call.path['id'] ?? ''
  // A moved project is found at its old path too, silently (docs/gitlab.md#2.7).
  const project = projectOf(call.world, id) ?? formerlyAt(call.world, id)
  const credential = call.world.credentials.get(token)
  if (project === undefined || credential === undefined) throw new Halt(notFound())
  if (credential.kind === 'job') return admitJob(call, project, credential)
  if (credential.kind === 'personal') throw new Halt(notFound())
  // An expired trigger token starts pipelines all the same, until a worker deletes it (docs/gitlab.md#3).
  const { trigger } = credential
  const who = { kind: 'user', username: trigger.owner } as const
  if (trigger.project === project) return { project, source: 'trigger', who, trigger }
  throw new Halt(has(call.gitlab, 'hiddenProjects') ? notFound() : message(401, '401 Unauthorized'))
}

/** From 10.3 on a bad map of variables is reported before a bad project or token (docs/gitlab.md#2.1). */
function admitAndRead(call: Call, want: Asked): [Admitted, Map<string, Buffer> | null] {
  if (!has(call.gitlab, 'variablesFirst')) {
    const admitted = admit(call, want.token)
    return [admitted, sentVariables(call)]
  }
  const sent = sentVariables(call)
  return [admit(call, want.token), sent]
}

/** 8.x has one message for everything that leaves no build. */
function createInWords(call: Call, make: () => Created): Created {
  try {
    return make()
  } catch (problem) {
    if (problem instanceof Halt && !has(call.gitlab, 'modelMessages')) {
      throw new Halt(message(400, 'No builds created'))
    }
    throw problem
  }
}

function run(call: Call): [Created, Map<string, string> | null] {
  const want = asked(call)
  if (has(call.gitlab, 'pipelineHooks') && header(call, 'x-gitlab-event') === 'Pipeline Hook') {
    throw new Halt(message(403, '403 Forbidden'))
  }
  const [admitted, sent] = admitAndRead(call, want)
  const variables = sent === null ? null : textsOf(call, sent)
  const plan = {
    ...admitted,
    ref: want.ref,
    variables: variables ?? new Map<string, string>(),
    payload: payloadOf(call),
  }
  return [createInWords(call, () => create(call, plan)), variables]
}

/** `POST /projects/:id/trigger/pipeline`: the whole pipeline, or 422 with the pipeline made (docs/gitlab.md#2). */
export function triggerPipeline(call: Call): Answer {
  const [created] = run({ ...call, api: 'v4' })
  return created.refusal ?? json(201, pipelineShape(call, created.pipeline, initialLife(created.pipeline)))
}

/** `POST /projects/:id/trigger/builds`: the number of a trigger request and the variables (docs/gitlab.md#1.2). */
export function triggerBuilds(call: Call): Answer {
  const [, variables] = run(call)
  call.world.last.request += 1
  const none = has(call.gitlab, 'emptyVariables') ? {} : null
  return json(201, {
    id: call.world.last.request,
    variables: variables === null ? none : Object.fromEntries(variables),
  })
}
