import type { LocatedData } from '../../../config/files/locate-key.ts'
import { DataError, parseJson } from '../../../config/files/parse-data.ts'
import { isMapping, ShapeError, withoutPrototypes } from '../../../config/schema/mapping.ts'
import { maxValues, nothingRewritten, type PlanDocument, type WrittenTarget } from './plan-document.ts'
import type { PlanProblem } from '../plan-problems.ts'
import { locateJson, safeCopy } from './read-document.ts'

/** A string of a JSON text, and the colon behind it if it is a key. */
const strings = /"(?:[^"\\]|\\.)*"(\s*:)?/g

const nowhere: LocatedData['rewritten'] = new Map()

/** How many keys the text of valid JSON has. */
function keysWritten(text: string): number {
  let count = 0
  for (const each of text.match(strings) ?? []) if (each.endsWith(':')) count += 1
  return count
}

/** How many keys there are in data. */
function keysIn(data: unknown): number {
  if (typeof data !== 'object' || data === null) return 0
  const values = Object.values(data)
  return values.reduce<number>((sum, each) => sum + keysIn(each), Array.isArray(data) ? 0 : values.length)
}

/**
 * Parses a row, into objects without prototypes. Where its values stand matters in a matrix only, and whether a key stands twice shows in their number: other rows need no second, slower parser.
 * What was left out goes to `refuse`. Throws a DataError, and a ShapeError.
 */
function parseRow(
  row: string,
  refuse: (problem: ShapeError) => void,
): Pick<LocatedData, 'data' | 'rewritten'> {
  const data = parseJson(row)
  if (!isMapping(data) || Object.hasOwn(data, 'matrix') || keysIn(data) !== keysWritten(row))
    return safeCopy(locateJson(row), refuse)
  return { data: withoutPrototypes(data, { maxNodes: maxValues, refuse }), rewritten: nowhere }
}

/** Reads a plan with a target in JSON on each line; blank lines are passed over. */
export function readNdjson(text: string): PlanDocument {
  const targets: WrittenTarget[] = []
  const lines: number[] = []
  const problems: PlanProblem[] = []
  const rewritten = new Map<object, ReadonlySet<number>>()
  for (const [at, row] of text.split('\n').entries()) {
    if (row.trim() === '') continue
    const place = ['targets', String(targets.length)]
    const refuse = (keys: readonly string[], message: string): void => {
      problems.push({ line: at + 1, keys, message })
    }
    try {
      const { data, rewritten: places } = parseRow(row, (problem) => {
        problems.push({
          line: at + 1,
          keys: problem.path,
          message: problem.message,
          at: [...place, ...problem.path],
        })
      })
      for (const [list, found] of places) rewritten.set(list, found)
      if (isMapping(data)) {
        targets.push({ keys: place, name: undefined, data })
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
    isPartial: false,
    isRows: true,
    lineOf: (keys) => lines[Number(keys[1])] ?? 1,
    rewrittenIn: (list) => rewritten.get(list) ?? nothingRewritten,
  }
}
