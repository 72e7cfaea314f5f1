import { usageError, type TriggerError } from '../../core/errors.ts'

/** What is wrong at a place of a plan. */
export interface PlanProblem {
  /** The line, from 1. */
  line: number
  /** The keys that lead to it, as the message shows them. */
  keys: readonly string[]
  message: string
}

const shortened = (key: string): string => (key.length > 60 ? `${key.slice(0, 60)}...` : key)

/** A problem as `plan.yml:7 targets.docs.needs: ...`. */
export function problemText(place: string, { line, keys, message }: PlanProblem): string {
  const path = keys.map(shortened).join('.')
  return `${place}:${line}${path && ` ${path}`}: ${message}`
}

/** The usage errors for these problems of a plan, in the order of their lines; each is there once. */
export function planErrors(place: string, problems: readonly PlanProblem[]): TriggerError[] {
  const sorted = problems.toSorted((a, b) => a.line - b.line)
  const texts = new Set(sorted.map((each) => problemText(place, each)))
  return [...texts].map((text) => usageError(text))
}
