import { usageError, type TriggerError } from '../../core/errors.ts'

/** What is wrong at a place of a plan. */
export interface PlanProblem {
  /** The line, from 1. */
  line: number
  /** The keys that lead to it, as the message shows them. */
  keys: readonly string[]
  message: string
  /** The keys that lead to it in the document, where nothing else is to be said of what stands there. */
  at?: readonly string[]
}

/** An error, and where it belongs among others: the line of the plan, from 1; 0 for what concerns all of it. */
export interface LocatedError {
  line: number
  error: TriggerError
}

const shortened = (key: string): string => (key.length > 60 ? `${key.slice(0, 60)}...` : key)

/** A problem as `plan.yml:7 targets.docs.needs: ...`. */
export function problemText(place: string, { line, keys, message }: PlanProblem): string {
  const path = keys.map(shortened).join('.')
  return `${place}:${line}${path && ` ${path}`}: ${message}`
}

/** The usage errors for these problems of a plan; each is there once. */
export function planErrors(place: string, problems: readonly PlanProblem[]): LocatedError[] {
  const lines = new Map(problems.map((each) => [problemText(place, each), each.line]))
  return inOrder([...lines].map(([text, line]) => ({ line, error: usageError(text) })))
}

/** The same, sorted by line; those of a line keep their order. */
export const inOrder = (errors: readonly LocatedError[]): LocatedError[] =>
  errors.toSorted((a, b) => a.line - b.line)
