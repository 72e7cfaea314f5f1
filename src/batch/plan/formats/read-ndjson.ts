import { DataError } from '../../../config/files/parse-data.ts'
import { isMapping, ShapeError } from '../../../config/schema/mapping.ts'
import { nothingRewritten, type PlanDocument, type WrittenTarget } from './plan-document.ts'
import type { PlanProblem } from '../plan-problems.ts'
import { locateJson, safeCopy } from './read-document.ts'

/** Reads a plan with a target in JSON on each line; blank lines are passed over. */
export function readNdjson(text: string): PlanDocument {
  const targets: WrittenTarget[] = []
  const lines: number[] = []
  const problems: PlanProblem[] = []
  const rewritten = new Map<object, ReadonlySet<number>>()
  for (const [at, row] of text.split('\n').entries()) {
    if (row.trim() === '') continue
    const refuse = (keys: readonly string[], message: string): void => {
      problems.push({ line: at + 1, keys, message })
    }
    try {
      const { data, rewritten: places } = safeCopy(locateJson(row))
      for (const [list, found] of places) rewritten.set(list, found)
      if (isMapping(data)) {
        targets.push({ keys: ['targets', String(targets.length)], name: undefined, data })
        lines.push(at + 1)
      } else refuse([], 'a target is an object: {"project": ...}')
    } catch (error) {
      if (error instanceof DataError) refuse([], error.message)
      else if (error instanceof ShapeError) refuse(error.path, error.message)
      else throw error
    }
  }
  return {
    defaults: undefined,
    targets,
    problems,
    isRows: true,
    lineOf: (keys) => lines[Number(keys[1])] ?? 1,
    rewrittenIn: (list) => rewritten.get(list) ?? nothingRewritten,
  }
}
