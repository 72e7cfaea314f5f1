import type { IncomingHttpHeaders } from 'node:http'
import { booleanFrom } from '../params/boolean.ts'
import type { Declared } from '../params/declared.ts'
import type { ParamHash } from '../params/tree.ts'
import { coerced } from '../params/tree.ts'
import type { ApiVersion, GitlabVersion } from '../version/version.ts'
import type { World } from '../world/model.ts'

/** One call of the API, read and routed, as the handlers see it. */
export interface Call {
  world: World
  gitlab: GitlabVersion
  api: ApiVersion
  method: string
  /** The address of the sandbox with its prefix, no slash at the end. */
  url: string
  /** The path of the request with its prefix, without the query. */
  pathname: string
  headers: IncomingHttpHeaders
  /** The named segments of the path, decoded. */
  path: Record<string, string>
  params: ParamHash
  /** What the route declares of the parameters. */
  declared: readonly Declared[]
  /** Milliseconds. */
  now: number
  paceMs: number
  jobsAfterPolls: number
}

/** A parameter as text, or undefined if it was not sent as one. */
export function textParam(call: Call, name: string): string | undefined {
  return coerced(call.params.get(name))
}

/** A parameter as a boolean, or undefined if it was not sent as one. */
export function booleanParam(call: Call, name: string): boolean | undefined {
  const text = textParam(call, name)
  return text === undefined ? undefined : booleanFrom(text)
}

/** A parameter as a moment in milliseconds, or undefined if it was not sent as one. */
export function dateParam(call: Call, name: string): number | undefined {
  const at = Date.parse(textParam(call, name) ?? '')
  return Number.isNaN(at) ? undefined : at
}

/** One header as text. */
export function header(call: Call, name: string): string | undefined {
  const found = call.headers[name]
  return Array.isArray(found) ? found[0] : found
}
