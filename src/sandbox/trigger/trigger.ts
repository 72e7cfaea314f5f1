import { Halt, json, message, notFound } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { header } from '../http/call.ts'
import { birth } from '../life/life.ts'
import type { Project } from '../world/projects.ts'
import { pipelineShape } from '../shapes/pipeline.ts'
import type { TriggerToken } from '../tokens/trigger-token.ts'
import { isExpired } from '../tokens/trigger-token.ts'
import { atLeast } from '../version/version.ts'
import { formerlyAt, projectOf } from '../world/world.ts'
import type { Asked } from './asked.ts'
import { asked } from './asked.ts'
import type { Created } from './create.ts'
import { create } from './create.ts'
import { sentVariables, textsOf } from './variables.ts'

interface Admitted {
  project: Project
  source: 'trigger' | 'pipeline'
  trigger?: TriggerToken
}

/** A job token starts a downstream pipeline on 18.9; before, it is an unknown trigger token (facts 2.5). */
function admitJob(call: Call, project: Project, running: boolean, projects: number[]): Admitted {
  if (!atLeast(call.gitlab, '18.9') || !projects.includes(project.id)) throw new Halt(notFound())
  if (!running) throw new Halt(message(401, 'Job is not running'))
  return { project, source: 'pipeline' }
}

/** The project, if the token opens it. Nothing but the token counts here; headers do not (facts 2.1). */
function admit(call: Call, token: string): Admitted {
  const id = call.path['id'] ?? ''
  // A moved project is found at its old path too, silently (facts 2.7).
  const project = projectOf(call.world, id) ?? formerlyAt(call.world, id)
  const credential = call.world.credentials.get(token)
  if (project === undefined || credential === undefined) throw new Halt(notFound())
  if (credential.kind === 'job') return admitJob(call, project, credential.running, credential.projects)
  if (credential.kind === 'api') throw new Halt(notFound())
  const { trigger } = credential
  // GitLab's own way to end a token early is to let it expire, so an expired one is none (S ExpireService).
  if (isExpired(trigger, call.now)) throw new Halt(notFound())
  if (trigger.project === project) return { project, source: 'trigger', trigger }
  throw new Halt(atLeast(call.gitlab, '10.3') ? notFound() : message(401, '401 Unauthorized'))
}

/** From 10.3 on a bad map of variables is reported before a bad project or token (facts 2.1). */
function admitAndRead(call: Call, want: Asked): [Admitted, Map<string, Buffer> | null] {
  if (!atLeast(call.gitlab, '10.3')) {
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
    if (problem instanceof Halt && !atLeast(call.gitlab, '10.3')) {
      throw new Halt(message(400, 'No builds created'))
    }
    throw problem
  }
}

function run(call: Call): [Created, Map<string, string> | null] {
  const want = asked(call)
  if (atLeast(call.gitlab, '18.9') && header(call, 'x-gitlab-event') === 'Pipeline Hook') {
    throw new Halt(message(403, '403 Forbidden'))
  }
  const [{ project, source, trigger }, sent] = admitAndRead(call, want)
  const variables = sent === null ? null : textsOf(call, sent)
  const plan = {
    project,
    ref: want.ref,
    source,
    variables: variables ?? new Map<string, string>(),
    ...(trigger && { trigger }),
  }
  return [createInWords(call, () => create(call, plan)), variables]
}

/** `POST /projects/:id/trigger/pipeline`: the whole pipeline, or 422 with the pipeline made (facts 2). */
export function triggerPipeline(call: Call): Answer {
  const [created] = run({ ...call, api: 'v4' })
  return created.refusal ?? json(201, pipelineShape(call, created.pipeline, birth(created.pipeline)))
}

/** `POST /projects/:id/trigger/builds`: the number of a trigger request and the variables (facts 1.2). */
export function triggerBuilds(call: Call): Answer {
  const [, variables] = run(call)
  call.world.last.request += 1
  const none = atLeast(call.gitlab, '10.3') ? {} : null
  return json(201, {
    id: call.world.last.request,
    variables: variables === null ? none : Object.fromEntries(variables),
  })
}
