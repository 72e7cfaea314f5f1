import { usageError, type TriggerError } from '../../core/errors.ts'

/** What is wrong at a place of a plan. */
export interface PlanProblem {
  /** The line, from 1. */
  line: number
  /** The keys that lead to it, as the message shows them. */
  keys: readonly string[]
  message: string
}

const mostShown = 20

const shortened = (key: string): string => (key.length > 60 ? `${key.slice(0, 60)}...` : key)

/** A problem as `plan.yml:7 targets.docs.needs: ...`. */
export function problemText(place: string, { line, keys, message }: PlanProblem): string {
  const path = keys.map(shortened).join('.')
  return `${place}:${line}${path && ` ${path}`}: ${message}`
}

/** The usage error for a plan with these problems, in the order of their lines; each is said once, and only the first 20 are shown. */
export function planError(place: string, problems: readonly PlanProblem[]): TriggerError {
  const sorted = problems.toSorted((a, b) => a.line - b.line)
  const texts = [...new Set(sorted.map((each) => problemText(place, each)))]
  const [only = ''] = texts
  if (texts.length === 1) return usageError(only)
  const more = texts.length - mostShown
  const details = [...texts.slice(0, mostShown), ...(more > 0 ? [`and ${more} more`] : [])]
  return usageError(`${place} has ${texts.length} problems`).with({ details })
}
