import type { Client } from '../api/client.ts'
import { ApiError } from '../api/reader.ts'
import { believingRefusals, LostContact, type PollPolicy } from '../../http/retry/grace.ts'
import type { Pipeline } from './pipeline.ts'
import type { FirstIds } from './stage-order.ts'

/** So often a list, or a downstream pipeline, is asked for before the tree continues without it: of huge pipelines some take the server too long. */
const mostAttempts = 3
/** The same where a verdict depends on it: over a minute. */
const mostThoroughAttempts = 10

/** What earlier looks have learned. */
export interface TreeMemory {
  /** Pipelines as they were last seen, by project and id. */
  pipelines: Map<string, Pipeline>
  /** Projects that may not be read, why, and how many looks in a row have found that. */
  hidden: Map<string, { error: ApiError; looks: number }>
  /** The first ids of the jobs of pipelines, by project and id. */
  firstIds: Map<string, FirstIds>
  /** What failed the last time, by project and path: it is asked for once only. */
  failing: Set<string>
  /** What could be read before, by project and path: a refusal may pass. */
  readable: Set<string>
  /** Pipelines whose bridges were refused and asked for again, by project and id. */
  doubted: Set<string>
}

/** One look at a tree, with what earlier ones have learned. */
export interface TreeWalk extends TreeMemory {
  /** The pipelines that this look has read, by project and id. */
  seen: Set<string>
  poll: PollPolicy | undefined
  /** No part is believed to be refused, or given up, by its first answers. */
  isThorough: boolean
}

/** The memory of a tree that was not read yet. */
export const emptyMemory = (): TreeMemory => ({
  pipelines: new Map(),
  hidden: new Map(),
  firstIds: new Map(),
  failing: new Set(),
  readable: new Set(),
  doubted: new Set(),
})

/** The key of a pipeline in the memory of a tree: project and id. */
export const pipelineKey = ({ project, id }: Pick<Pipeline, 'project' | 'id'>): string => `${project}/${id}`

/**
 * Reads a part of a tree that may be refused, or fail, without the rest. Resolves to what `read` found, or to GitLab's
 * refusal or the failure. With `isDoubted` a first refusal is not believed. Throws an abort's reason, and errors that are
 * no ApiError.
 */
export async function tryRead<T>(
  client: Client,
  path: string,
  { failing, readable, poll, isThorough }: TreeWalk,
  read: (client: Client) => Promise<T>,
  isDoubted = false,
): Promise<{ found: T; error?: undefined } | { error: ApiError }> {
  const key = `${client.target.project}${path}`
  const usual = failing.has(key) && !isDoubted ? 1 : mostAttempts
  const attempts = isThorough ? mostThoroughAttempts : usual
  const polling = poll && (readable.has(key) || isDoubted || isThorough ? poll : believingRefusals(poll))
  try {
    const found = await read(client.with({ poll: polling, attempts }))
    failing.delete(key)
    readable.add(key)
    return { found }
  } catch (error) {
    const cause = error instanceof LostContact ? error.cause : error
    if (!(cause instanceof ApiError)) throw error
    failing.add(key)
    return { error: cause }
  }
}
