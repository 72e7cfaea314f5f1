import type { Project } from '../world/projects.ts'
import type { World } from '../world/model.ts'
import type { TriggerToken } from './trigger-token.ts'
import { triggerTokenText } from '../world/seeds.ts'

/** The data of a new trigger token. */
export interface TokenPlan {
  project: Project
  description: string | null
  owner: string
  createdAt: number
  expiresAt?: number | null
  token?: string
}

/** Adds a trigger token, which is valid for its project from now on. */
export function addToken(world: World, plan: TokenPlan): TriggerToken {
  world.last.trigger += 1
  const id = world.last.trigger
  const trigger = {
    ...plan,
    id,
    token: plan.token ?? triggerTokenText(`trigger token ${id}`, world.gitlab),
    updatedAt: plan.createdAt,
    expiresAt: plan.expiresAt ?? null,
  }
  world.triggers.push(trigger)
  world.credentials.set(trigger.token, { kind: 'trigger', trigger })
  return trigger
}

/** Removes a trigger token, which is invalid from now on. */
export function removeToken(world: World, trigger: TriggerToken): void {
  world.triggers.splice(world.triggers.indexOf(trigger), 1)
  world.credentials.delete(trigger.token)
}

/** When the newest pipeline was started with a token, in milliseconds (facts 3). */
export function lastUsed(world: World, trigger: TriggerToken): number | null {
  return world.pipelines.findLast((pipeline) => pipeline.trigger === trigger)?.createdAt ?? null
}
