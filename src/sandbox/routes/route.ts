import type { Ability, Reader } from '../auth/abilities.ts'
import type { Needs, Reading } from '../auth/reading.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { Declared } from '../params/declared.ts'
import type { ApiVersion, GitlabVersion } from '../version/version.ts'
import type { Scope } from '../world/credentials.ts'

/**
 * How a route is handled: it does all its checks itself; it is about the instance; or it is about a project.
 */
type Handler =
  | { open: (call: Call) => Answer }
  | { server: (call: Call, who: Reader) => Answer; needs: Needs }
  | {
      read: (reading: Reading) => Answer
      needs: Needs
      /** What the reader must be able to do in the project; the rest is checked by the handler. */
      can?: Ability
    }

/** A route of the API. */
export type Route = Handler & {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  api: ApiVersion
  /**
   * With `:name` for a segment, `:name+` for several, and `*name` for the rest; a plain segment never holds a
   * raw slash.
   */
  path: string
  since?: GitlabVersion
  until?: GitlabVersion
  /** Whether job tokens are let in. */
  jobs?: true
  params?: readonly Declared[]
  /** The scopes of personal tokens that open it. */
  scopes: readonly Scope[]
}

/** A route in the table of its kind, which all have the same API and scopes. */
export type RouteRow = Handler & Omit<Route, 'api' | 'scopes' | 'open' | 'server' | 'read' | 'needs' | 'can'>

/** The routes of a kind: one class of GitLab's API. */
export function kindOf(api: ApiVersion, scopes: readonly Scope[], rows: readonly RouteRow[]): Route[] {
  return rows.map((row): Route => ({ ...row, api, scopes }))
}

/** The beginning of every path about a project. */
export const p = '/projects/:id'
