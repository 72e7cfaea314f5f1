import type { Fault } from '../http/faults.ts'
import { faultMatches } from '../http/faults.ts'
import { rootOf } from '../life/time.ts'
import type { World } from '../world/model.ts'
import type { Pipeline } from '../world/model.ts'
import { projectOf } from '../world/world.ts'

const one = /^\/api\/v[34]\/projects\/[^/]+\/(pipelines|jobs|builds)\/(\d+)(?:\/|$)/
const many = /^\/api\/v3\/projects\/([^/]+)\/(?:builds|repository\/commits\/[^/]+\/builds)\/?$/

function ofBuild(world: World, id: number): Pipeline | undefined {
  return world.pipelines.find(({ jobs }) => jobs.some((job) => job.id === id))
}

/** The pipelines that a GET of a path reads. */
function seenBy(world: World, path: string): Pipeline[] {
  const [, kind, text] = one.exec(path) ?? []
  const id = Number(text)
  if (kind === 'pipelines') return world.pipelines.filter((pipeline) => pipeline.id === id)
  if (kind !== undefined) return [ofBuild(world, id)].filter((found) => found !== undefined)
  const [, project] = many.exec(path) ?? []
  const found = project === undefined ? undefined : projectOf(world, decodeURIComponent(project))
  return world.pipelines.filter((pipeline) => pipeline.project === found)
}

/** Begins a new poll of a pipeline that is moved by polls. */
export function beginPoll(pipeline: Pipeline, now: () => number): void {
  const { polls, by } = rootOf(pipeline)
  if (by !== 'polls') return
  polls.times.push(now())
  polls.seen.clear()
}

/** Counts a read. A new poll begins when the same page of the same resource is read again. */
function countRead(pipeline: Pipeline, key: string, now: () => number): void {
  const { polls } = pipeline
  if (polls.times.length === 0 || polls.seen.has(key)) beginPoll(pipeline, now)
  polls.seen.add(key)
}

/** A read of the API, before it is answered. */
export interface Read {
  method: string
  /** Without the prefix and the query. */
  path: string
  query: string
}

/**
 * Counts a GET as part of a poll of each pipeline that it reads. Returns the fault that a script has for it,
 * if any.
 */
export function countPolls(world: World, read: Read, now: () => number): Fault | undefined {
  if (read.method !== 'GET') return undefined
  const page = new URLSearchParams(read.query).get('page') ?? '1'
  const roots = new Set(seenBy(world, read.path).map(rootOf))
  const faults = [...roots]
    .filter(({ by }) => by === 'polls')
    .map((root) => {
      countRead(root, `${read.path}?${page}`, now)
      const number = root.polls.times.length
      const fault = root.pollFaults.get(number)
      if (fault === undefined || !faultMatches(fault, read.method, `${read.path}?${read.query}`)) {
        return undefined
      }
      root.pollFaults.delete(number)
      return fault
    })
  return faults.find((fault) => fault !== undefined)
}
