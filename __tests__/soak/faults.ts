import fc from 'fast-check'

/** What goes wrong with one answer. The last three are about logs: an old, shorter one; none of it; all of it though a part was asked for. */
const faultKinds = [
  ...['502', '429', 'reset', 'reset after', 'cut', 'stall', 'firewall', 'own 403', 'own 401'],
  ...['shorter', 'empty', 'whole'],
] as const
export type FaultKind = (typeof faultKinds)[number]

const ofLogs: readonly FaultKind[] = ['shorter', 'empty', 'whole']
/** Refusals in GitLab's own words: each comes once, not several times in a row, which would be the last word. */
const own: readonly FaultKind[] = ['own 403', 'own 401']

/** A fault of the answer that comes after so many good ones. */
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
  /** Nothing had been read there before: that it is refused is believed at once (docs/decisions/0082). */
  isFirst: boolean
}

/** About one answer in twenty is faulty; in many lives all are good. */
export const plannedFaults: fc.Arbitrary<readonly PlannedFault[]> = fc.oneof(
  { weight: 1, arbitrary: fc.constant([]) },
  {
    weight: 4,
    arbitrary: fc.array(
      fc.record({
        after: fc.nat(37),
        kind: fc.constantFrom(...faultKinds),
        does: fc.boolean(),
      }),
      { maxLength: 14, size: 'max' },
    ),
  },
)

/** Chooses the fault of each request. */
export type FaultFor = (method: string, path: string) => PlannedFault | undefined

const isLog = (path: string): boolean => path.endsWith('/trace')

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
    const isRepeated = fault !== undefined && own.includes(fault.kind) && refused.has(key)
    refused.delete(key)
    if (!fault || isRepeated || (ofLogs.includes(fault.kind) && !isLog(path))) return undefined
    if (own.includes(fault.kind)) refused.add(key)
    return fault
  }
}
