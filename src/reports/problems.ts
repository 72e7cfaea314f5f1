import { codeOf, DeadlineError } from '../core/errors.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { describeIoError } from '../core/text/unwritable-fix.ts'

/** Something that was not written or fetched. */
export interface Problem {
  text: string
  /** Whether another try would find the same. */
  isLasting: boolean
  /** What was typed and names nothing that there is: not even asked for. */
  unmatched?: { flag: '--job' | '--path'; word: string }
}

/** A problem that another try would find again. */
export const lasting = (text: string): Problem => ({ text, isLasting: true })

/** Takes a problem; a text is one that another try may not find. */
export type AddProblem = (problem: Problem | string) => void

/** A task of which some may fail; resolves to its problems. */
export type Task = () => Promise<readonly Problem[]>

/** Says why something was not written or fetched; undefined for an unexpected error. */
export function reasonOf(error: unknown): string | undefined {
  if (error instanceof ApiError) {
    const isRefused = [401, 403, 404].includes(error.status ?? 0)
    return isRefused ? `${error.message}; reading it needs an API token with read_api` : error.message
  }
  if (error instanceof DeadlineError) return error.message
  return codeOf(error) === '' ? undefined : describeIoError(error)
}

/** Runs tasks one after the other, whatever becomes of those before; resolves to the problems of all. */
export async function runAll(tasks: readonly Task[]): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const task of tasks) problems.push(...(await task()))
  return problems
}

/**
 * Makes a task that collects the expected errors of `work`, and the problems that it adds, as sentences that
 * begin with `what`.
 */
export function collectProblems(what: string, work: (add: AddProblem) => Promise<void> | undefined): Task {
  return async () => {
    const problems: Problem[] = []
    const add: AddProblem = (problem) =>
      void problems.push(typeof problem === 'string' ? { text: problem, isLasting: false } : problem)
    try {
      await work(add)
    } catch (error) {
      const reason = reasonOf(error)
      if (reason === undefined) throw error
      add(reason)
    }
    return problems.map(({ text, isLasting }) => ({ text: `${what}: ${text}`, isLasting }))
  }
}
