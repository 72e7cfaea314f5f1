import fc from 'fast-check'
import type { Given } from './portless-sandbox.ts'

/** What goes wrong with one answer of any kind. `slow` answers come late, `stall` ones never. */
const faultKinds = [
  ...['500', '502', '503', '429', 'firewall', 'sign-in', 'empty', 'cut'],
  ...['reset', 'reset after', 'stall', 'slow', 'own 401', 'own 403', 'own 404'],
] as const
/** What else goes wrong with a log: an old, shorter one comes; all of it though a part was asked for. */
const logFaultKinds = ['shorter', 'whole'] as const
export type FaultKind = (typeof faultKinds)[number] | (typeof logFaultKinds)[number]

/** Refusals in GitLab's own words: each comes once, not several times in a row, which would be the last word. */
export const isOwnRefusal = (kind: FaultKind): boolean => kind.startsWith('own')

/** A fault of the answer that comes after a number of good ones. */
export interface PlannedFault {
  after: number
  kind: FaultKind
  /** A change is carried out all the same. */
  does: boolean
}

/** A fault that has come: which one, to which request, and when by the clock of the process. */
export interface SeenFault extends Pick<PlannedFault, 'kind'> {
  method: string
  path: string
  at: number
}

const json = 'application/json'
const html = 'text/html'

/** What comes in place of an answer. */
const pages: Partial<Record<FaultKind, [status: number, type: string, body: string, later?: string]>> = {
  '500': [500, json, '{"message":"500 Internal Server Error"}'],
  '502': [502, html, '<title>502 Bad Gateway</title>'],
  '503': [503, html, '<title>503 Service Unavailable</title>', '120'],
  '429': [429, 'text/plain', 'Retry later\n', '3'],
  firewall: [403, html, '<!DOCTYPE html><title>Just a moment...</title>'],
  'sign-in': [302, html, '<html><body>You are being redirected.</body></html>'],
  empty: [200, json, ''],
  'own 401': [401, json, '{"message":"401 Unauthorized"}'],
  'own 403': [403, json, '{"message":"403 Forbidden"}'],
  'own 404': [404, json, '{"message":"404 Not found"}'],
}

/** What comes in place of an answer; undefined where it is GitLab's, or none. */
export function pageOf(kind: FaultKind, url: string): Given | undefined {
  const page = pages[kind]
  if (!page) return undefined
  const [status, type, body, later] = page
  const headers = {
    'content-type': type,
    ...(later !== undefined && { 'retry-after': later }),
    ...(kind === 'sign-in' && { location: `${url}/users/sign_in` }),
  }
  return { status, headers, body: Buffer.from(body) }
}

/** What may come of a change that is carried out: the answer is lost, or is none of GitLab's. */
const afterwards: readonly FaultKind[] = ['500', '502', 'empty', 'reset after', 'stall']

/** Whether GitLab gets a request. What refuses a request has not carried it out. */
export function isCarriedOut(method: string, fault: PlannedFault | undefined): boolean {
  if (!fault || ['cut', 'slow', 'shorter', 'whole'].includes(fault.kind)) return true
  return method !== 'GET' && fault.does && afterwards.includes(fault.kind)
}

/** About one answer in twenty is faulty; in some lives all are good. */
const plannedOf = (kinds: readonly FaultKind[]): fc.Arbitrary<readonly PlannedFault[]> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    {
      weight: 9,
      arbitrary: fc.array(
        fc.record({ after: fc.nat(30), kind: fc.constantFrom(...kinds), does: fc.boolean() }),
        { minLength: 10, maxLength: 20, size: 'max' },
      ),
    },
  )
export const plannedFaults = plannedOf(faultKinds)
export const plannedLogFaults = plannedOf([...faultKinds, ...logFaultKinds, ...logFaultKinds])

/** A project that cannot be read any more, and what its answers are then. */
export interface ClosedProject {
  project: 10 | 11
  kind: FaultKind
  fromMs: number
}

/** Mostly all projects can be read. */
export const closedProjects: fc.Arbitrary<ClosedProject | undefined> = fc.option(
  fc.record({
    project: fc.constantFrom(10 as const, 11 as const),
    kind: fc.constantFrom<FaultKind>('own 403', 'own 404', '502'),
    fromMs: fc.constantFrom(0, 0, 20_000),
  }),
  { nil: undefined, freq: 4 },
)

/** Chooses the fault of each request. */
export type FaultFor = (method: string, path: string) => PlannedFault | undefined

/** A number that is always the same for the same text. */
const hashOf = (text: string): number =>
  Array.from(text).reduce((sum, each) => (sum * 31 + each.charCodeAt(0)) % 997, 7)

/**
 * Counts the requests for each path apart, so that which one is hit does not depend on which of two that are sent
 * together comes first.
 */
export function faultsByPath(planned: readonly PlannedFault[]): FaultFor {
  let place = -1
  const places = new Map(planned.map((fault) => [(place += fault.after + 1), fault]))
  const counts = new Map<string, number>()
  const refused = new Set<string>()
  return (method, path) => {
    const key = `${method} ${path}`
    const count = counts.get(key) ?? hashOf(key) % 20
    counts.set(key, count + 1)
    const fault = places.get(count)
    const isOwn = fault !== undefined && isOwnRefusal(fault.kind)
    const isRepeated = isOwn && refused.has(key)
    refused.delete(key)
    if (isOwn) refused.add(key)
    return isRepeated ? undefined : fault
  }
}
