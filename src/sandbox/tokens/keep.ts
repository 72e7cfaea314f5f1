import type { Project } from '../world/projects.ts'
import type { World } from '../world/model.ts'
import type { TriggerToken } from './trigger-token.ts'
import { triggerTokenText } from '../world/seeds.ts'

/** What a new token is made of. */
export interface TokenPlan {
  project: Project
  description: string | null
  owner: string
  createdAt: number
  expiresAt?: number | null
  token?: string
}

/** Puts a trigger token into the world, from now on good for its project. */
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

/** Takes a token out: from now on it is good for nothing. */
export function removeToken(world: World, trigger: TriggerToken): void {
  world.triggers.splice(world.triggers.indexOf(trigger), 1)
  world.credentials.delete(trigger.token)
}

/** When the newest pipeline was started with a token, in milliseconds (facts 3). */
export function lastUsed(world: World, trigger: TriggerToken): number | null {
  return world.pipelines.findLast((pipeline) => pipeline.trigger === trigger)?.createdAt ?? null
}
