import { dialects } from '../../src/gitlab/api/dialect.ts'
import { clientFor, type Client } from '../../src/gitlab/api/client.ts'
import { v4Source } from '../../src/gitlab/pipelines/pipeline-tree.ts'
import type { Pipeline } from '../../src/gitlab/pipelines/pipeline.ts'
import { bareSession } from './bare-session.ts'
import { openReports } from '../../src/reports/reports.ts'
import type { RunFlags } from '../../src/options/run.ts'
import type { TriggerError } from '../../src/core/errors.ts'
import type { Sandbox, Script } from '../../src/sandbox/server.ts'
import { SecretRegistry } from '../../src/core/secret.ts'
import { newWorld, type World, type WorldOptions } from './world.ts'

/** A pipeline of a sandbox that is over, and somebody who may read it. */
export interface Over {
  world: World
  pipeline: Pipeline
  client: Client
  close(): void
}

/** Lets a pipeline of project 9 go to its end, and looks at it. */
export async function pipelineOver(
  sandbox: Sandbox,
  script?: Script,
  ref = 'master',
  options: WorldOptions = {},
): Promise<Over> {
  if (script) sandbox.script(ref, { by: 'clock', ...script })
  const { id } = sandbox.addPipeline({ ref })
  const world = newWorld(options)
  const { context } = world
  const session = bareSession(sandbox.url, {
    signal: context.interrupted,
    timing: {
      now: () => context.now(),
      sleep: (ms) => context.sleep(ms, context.interrupted),
      random: () => context.random(),
      deadline: Infinity,
    },
    alarm: (ms, expired) => context.alarm(ms, expired),
  })
  const token = new SecretRegistry().keep(sandbox.tokens.api)
  const target = { base: sandbox.url, project: '9' }
  const client = clientFor(target, dialects.v4, { header: 'PRIVATE-TOKEN', token }, session)
  const pipeline = await v4Source(client, id).look()
  return {
    world,
    pipeline,
    client,
    close: () => {
      session.close()
    },
  }
}

/** What reports made of the end of a pipeline. */
export interface Reported {
  /** What did not work. */
  lost: TriggerError | undefined
  notes: string[]
}

/** Opens reports for a pipeline and tells them of its end. */
export async function reportEnd(over: Over, flags: RunFlags): Promise<Reported> {
  const notes: string[] = []
  const reports = await openReports(flags, over.world.context, (text) => notes.push(text))
  const lost = await reports.ended(over.pipeline, over.client)
  return { lost, notes }
}
