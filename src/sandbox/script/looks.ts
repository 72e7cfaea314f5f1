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

/** The pipelines that the read of a path looks at. */
function seenBy(world: World, path: string): Pipeline[] {
  const [, kind, text] = one.exec(path) ?? []
  const id = Number(text)
  if (kind === 'pipelines') return world.pipelines.filter((pipeline) => pipeline.id === id)
  if (kind !== undefined) return [ofBuild(world, id)].filter((found) => found !== undefined)
  const [, project] = many.exec(path) ?? []
  const found = project === undefined ? undefined : projectOf(world, decodeURIComponent(project))
  return world.pipelines.filter((pipeline) => pipeline.project === found)
}

/** Begins a new look. */
export function beginLook(pipeline: Pipeline, now: () => number): void {
  const { looks, by } = rootOf(pipeline)
  if (by !== 'looks') return
  looks.times.push(now())
  looks.seen.clear()
}

/** Counts a read: a new look begins when the same page of the same thing is read again. */
function countRead(pipeline: Pipeline, key: string, now: () => number): void {
  const { looks } = pipeline
  if (looks.times.length === 0 || looks.seen.has(key)) beginLook(pipeline, now)
  looks.seen.add(key)
}

/** A read of the API, before it is answered. */
export interface Read {
  method: string
  /** Without the prefix and the query. */
  path: string
  query: string
}

/** Counts a read for every pipeline it looks at, and takes the fault that a script has for it. */
export function look(world: World, read: Read, now: () => number): Fault | undefined {
  if (read.method !== 'GET') return undefined
  const page = new URLSearchParams(read.query).get('page') ?? '1'
  const roots = new Set(seenBy(world, read.path).map(rootOf))
  const faults = [...roots]
    .filter(({ by }) => by === 'looks')
    .map((root) => {
      countRead(root, `${read.path}?${page}`, now)
      const number = root.looks.times.length
      const fault = root.pollFaults.get(number)
      if (fault === undefined || !faultMatches(fault, read.method, `${read.path}?${read.query}`)) {
        return undefined
      }
      root.pollFaults.delete(number)
      return fault
    })
  return faults.find((fault) => fault !== undefined)
}
