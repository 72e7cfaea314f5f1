import { statuses } from '../read/find.ts'

/** A job as far as its pipeline's status depends on it. */
export interface Part {
  status: string
  allowFailure: boolean
}

/** A job that is allowed to fail is ignored while it waits for manual action, and is a warning when it failed. */
function kindOf({ status, allowFailure }: Part): string {
  if (allowFailure && (status === 'failed' || status === 'canceled')) return 'warning'
  if (allowFailure && status === 'manual') return 'ignored'
  return isKnown(status) ? status : 'running'
}

const isKnown = (status: string): boolean => statuses.some((each) => each === status)

/** The rules in their order: the first that fits decides (S `lib/gitlab/ci/status/composite.rb`). */
// prettier-ignore
const rules: { only?: string[]; any?: string[]; is: string }[] = [
  { only: ['skipped', 'ignored'], is: 'skipped' },
  { only: ['success', 'skipped', 'warning', 'ignored'], is: 'success' },
  { only: ['created', 'warning', 'ignored'], is: 'created' },
  { only: ['preparing', 'warning', 'ignored'], is: 'preparing' },
  { only: ['canceled', 'success', 'skipped', 'warning', 'ignored'], is: 'canceled' },
  { only: ['pending', 'created', 'skipped', 'warning', 'ignored'], is: 'pending' },
  { any: ['running', 'pending'], is: 'running' },
  { any: ['waiting_for_resource'], is: 'waiting_for_resource' },
  { any: ['waiting_for_callback'], is: 'waiting_for_callback' },
  { any: ['manual'], is: 'manual' },
  { any: ['scheduled'], is: 'scheduled' },
  { any: ['preparing'], is: 'preparing' },
  { any: ['created'], is: 'running' },
  { any: ['canceling'], is: 'canceling' },
]

/** The status of a pipeline with these jobs; an unknown status counts as running. */
export function composite(parts: readonly Part[]): string {
  const kinds = parts.map(kindOf)
  const rule = rules.find(({ only, any }) =>
    only === undefined
      ? kinds.some((kind) => any?.includes(kind))
      : kinds.every((kind) => only.includes(kind)),
  )
  return rule?.is ?? 'failed'
}

/** Whether a success has warnings. */
export function hasWarnings(parts: readonly Part[]): boolean {
  return parts.some((part) => kindOf(part) === 'warning')
}
