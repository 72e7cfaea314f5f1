import { usageError } from '../../../core/errors.ts'
import { nearest } from '../../../core/did-you-mean.ts'
import { keysOf } from '../../../core/keys-of.ts'
import {
  lineFinderIn,
  locateData,
  type EntryLines,
  type LocatedData,
} from '../../../config/files/locate-key.ts'
import { asDataError, isDuplicateKey, parseJson } from '../../../config/files/parse-data.ts'
import { isMapping, ShapeError, withoutPrototypes } from '../../../config/schema/mapping.ts'
import { maxValues, nothingRewritten, type PlanDocument, type WrittenTarget } from './plan-document.ts'
import { planKeys } from '../plan-keys.ts'
import { problemText, type PlanProblem } from '../plan-problems.ts'

/** Parses JSON, and finds the places of its values as far as it is YAML, too, as nearly all JSON is. Throws a DataError. */
export function locateJson(text: string): LocatedData {
  const data = parseJson(text)
  try {
    return asDataError(() => locateData(text))
  } catch (error) {
    if (isDuplicateKey(error)) throw error
    return { data, lines: new Map(), rewritten: new Map(), firstLine: 1 }
  }
}

/** The lines of the entries of a copy, which may lack some. */
function linesOfCopy(found: EntryLines, from: object, to: object): EntryLines {
  const keys = Object.keys(from)
  return typeof found === 'number' || keys.length === Object.keys(to).length
    ? found
    : found.filter((_, at) => Object.hasOwn(to, keys[at] ?? ''))
}

/** The same data in objects without prototypes. What was left out goes to `refuse`. Throws a ShapeError. */
export function safeCopy(
  { data, lines, rewritten, firstLine }: LocatedData,
  refuse: (problem: ShapeError) => void,
): LocatedData {
  const safe: LocatedData = { data: undefined, lines: new Map(), rewritten: new Map(), firstLine }
  const copied = (from: object, to: object): void => {
    const found = lines.get(from)
    if (found !== undefined) safe.lines.set(to, linesOfCopy(found, from, to))
    const places = rewritten.get(from)
    if (places) safe.rewritten.set(to, places)
  }
  safe.data = withoutPrototypes(data ?? {}, { maxNodes: maxValues, copied, refuse })
  return safe
}

/** Of a plan that lacks more, no more is checked: it may be of any size. */
const mostLeftOut = 1000

/** Reads a plan in YAML or JSON. Throws a DataError, and a usage error for hostile data. */
export function readDocument(format: 'yaml' | 'json', place: string, text: string): PlanDocument {
  const located = format === 'json' ? locateJson(text) : asDataError(() => locateData(text))
  const lineIn = lineFinderIn(located)
  const problems: PlanProblem[] = []
  let safe: LocatedData
  try {
    safe = safeCopy(located, (problem) => {
      if (problems.length === mostLeftOut) throw problem
      const { path: keys, message } = problem
      problems.push({ line: lineIn(keys), keys, message, at: keys })
    })
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    const { path: keys, message } = error
    throw usageError(problemText(place, { line: lineIn(keys), keys, message }))
  }
  const lineOf = lineFinderIn(safe)
  const refuse = (keys: readonly string[], message: string): void => {
    problems.push({ line: lineOf(keys), keys, message })
  }
  const { rewritten } = safe
  const rest = {
    problems,
    isPartial: false,
    isRows: false,
    lineOf,
    rewrittenIn: (list: object) => rewritten.get(list) ?? nothingRewritten,
  }
  const { data } = safe
  if (!isMapping(data)) {
    refuse([], 'a plan is a mapping with the key "targets"')
    return { defaults: undefined, targets: [], ...rest }
  }
  const known = keysOf(planKeys)
  const unknown = Object.keys(data).filter((each) => !Object.hasOwn(planKeys, each))
  for (const key of unknown) {
    const near = nearest(key, known)
    refuse([key], `unknown${near === undefined ? '' : `; did you mean "${near}"?`}`)
  }
  const targets = targetsIn(data['targets'])
  const isTold = problems.some(({ keys }) => keys[0] === 'targets')
  if (targets.length === 0 && data['targets'] !== undefined && !isTold)
    refuse(['targets'], noTargets(data['targets']))
  return { defaults: data['defaults'], targets, ...rest, isPartial: unknown.length > 0 }
}

function targetsIn(data: unknown): WrittenTarget[] {
  if (Array.isArray(data))
    return data.map((each: unknown, at) => ({ keys: ['targets', String(at)], name: undefined, data: each }))
  if (!isMapping(data)) return []
  return Object.entries(data).map(([name, each]) => ({ keys: ['targets', name], name, data: each }))
}

const noTargets = (data: unknown): string =>
  data === null || typeof data === 'object'
    ? 'there are no targets'
    : 'targets are a mapping by name, or a list'
