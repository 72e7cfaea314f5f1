/** Which requests a fault is for; every member that is given must match. */
interface Matching {
  method?: string
  /** A part of the path with its query, or a pattern for it. */
  path?: string | RegExp
  /** Carry the request out first (a pipeline is created), then fail. */
  createThen?: boolean
}

/**
 * One thing that goes wrong once.
 * - `answer`: this answer instead of the real one (text/plain unless `contentType` says otherwise).
 * - `reset`: the connection breaks before the body is read.
 * - `reset after`: the request is read to its end, then the connection breaks.
 * - `cut`: the real answer's head and half of its body, then the connection breaks.
 * - `stall`: the request is read and never answered.
 */
export type Fault = Matching &
  (
    | {
        kind: 'answer'
        status: number
        headers?: Record<string, string>
        body?: string
        contentType?: string
      }
    | { kind: 'reset' }
    | { kind: 'reset after' }
    | { kind: 'cut' }
    | { kind: 'stall' }
  )

/** Whether a fault is for a request. */
export function faultMatches(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false
  if (fault.path === undefined) return true
  return typeof fault.path === 'string' ? path.includes(fault.path) : new RegExp(fault.path).test(path)
}

/** Takes the first fault that is for this request out of the queue. */
export function takeFault(queue: Fault[], method: string, path: string): Fault | undefined {
  const index = queue.findIndex((fault) => faultMatches(fault, method, path))
  return index < 0 ? undefined : queue.splice(index, 1)[0]
}

/** Whether the request is carried out although its answer will fail. */
export function doesWork(fault: Fault | undefined): boolean {
  return fault === undefined || fault.kind === 'cut' || fault.createThen === true
}

const kinds = ['answer', 'reset', 'reset after', 'cut', 'stall'] as const

function optional(value: unknown, type: 'string' | 'boolean'): boolean {
  return value === undefined || typeof value === type
}

/** A fault from a JSON value, or what is wrong with that. `kind` may be left out where there is a status. */
export function faultFrom(value: unknown): Fault | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'send a JSON object'
  const given: Record<string, unknown> = { ...value }
  const kind = given['kind'] ?? 'answer'
  const known = kinds.find((name) => name === kind)
  if (known === undefined) return `kind must be one of: ${kinds.join(', ')}`
  const { method, path, createThen, status, body, contentType, headers } = given
  const texts = [method, path, body, contentType].every((text) => optional(text, 'string'))
  if (!texts || !optional(createThen, 'boolean'))
    return 'method, path, body, contentType are texts; createThen is true or false'
  const common = {
    ...(typeof method === 'string' ? { method } : {}),
    ...(typeof path === 'string' ? { path } : {}),
    ...(typeof createThen === 'boolean' ? { createThen } : {}),
  }
  if (known !== 'answer') return { ...common, kind: known }
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) {
    return 'status must be a number from 200 to 599'
  }
  const pairs = Object.entries(typeof headers === 'object' && headers !== null ? headers : {})
  return {
    ...common,
    kind: known,
    status,
    headers: Object.fromEntries(pairs.map(([name, text]) => [name, String(text)])),
    ...(typeof body === 'string' ? { body } : {}),
    ...(typeof contentType === 'string' ? { contentType } : {}),
  }
}
