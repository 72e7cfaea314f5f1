import { codeOf, DeadlineError } from '../core/errors.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { describeIoError } from './target-file.ts'

/** A task of which some may fail; resolves to its problems, in words. */
export type Task = () => Promise<readonly string[]>

/** Says why something was not written or fetched; undefined for an error that nobody expects. */
export function reasonOf(error: unknown): string | undefined {
  if (error instanceof ApiError) {
    const isRefused = [401, 403, 404].includes(error.status ?? 0)
    return isRefused ? `${error.message}; reading it takes an API token with read_api` : error.message
  }
  if (error instanceof DeadlineError) return error.message
  return codeOf(error) === '' ? undefined : describeIoError(error)
}

/** Runs tasks one after the other, whatever becomes of those before; resolves to the problems of all. */
export async function runAll(tasks: readonly Task[]): Promise<string[]> {
  const problems: string[] = []
  for (const task of tasks) problems.push(...(await task()))
  return problems
}

/**
 * Makes a task that collects the expected errors of `work`, and the problems that it adds, as sentences that
 * begin with `what`.
 */
export function collectProblems(
  what: string,
  work: (add: (problem: string) => void) => Promise<void> | undefined,
): Task {
  return async () => {
    const problems: string[] = []
    try {
      await work((problem) => problems.push(problem))
    } catch (error) {
      const reason = reasonOf(error)
      if (reason === undefined) throw error
      problems.push(reason)
    }
    return problems.map((problem) => `${what}: ${problem}`)
  }
}
