import { omit } from '../../core/omit.ts'
import { isMapping, type Mapping } from '../../config/schema/mapping.ts'
import { matrixProblems } from './matrix.ts'
import type { PlanDocument, WrittenTarget } from './formats/plan-document.ts'
import { defaultsKeys, targetKeys, type TargetData } from './plan-keys.ts'
import { shapeProblems } from '../../config/schema/check.ts'
import { nameFor, nameProblem } from './target-name.ts'

/** A target whose own keys were checked. */
export interface CheckedTarget {
  /** Where it stands, and how messages show that. */
  keys: readonly string[]
  shown: readonly string[]
  /** Undefined if it has none, or none that is allowed. */
  name: string | undefined
  /** As it was written. */
  data: TargetData
  needs: readonly string[]
  /** Whether its matrix can be expanded. */
  isSound: boolean
}

/** Is called with what is wrong, by the keys to it and how messages show them. */
export type Refuse = (keys: readonly string[], shown: readonly string[], message: string) => void

const namedKeys = omit(targetKeys, ['name'])

/** Paths in a plan of standard input cannot be relative: they would lead into any folder that the program is started in. */
export function relativePaths(data: Mapping): [key: string, problem: string][] {
  const command: unknown = Array.isArray(data['tokenCommand']) ? data['tokenCommand'][0] : undefined
  const paths = {
    tokenFile: data['tokenFile'],
    tokenCommand: String(command).includes('/') ? command : undefined,
  }
  return Object.entries(paths).flatMap(([key, path]) =>
    typeof path === 'string' && !/^(\/|~\/|[A-Za-z]:[\\/])/.test(path)
      ? [[key, 'a plan on standard input needs the whole path']]
      : [],
  )
}

const textIn = (data: Mapping, key: string): string | undefined =>
  typeof data[key] === 'string' ? data[key] : undefined

/** The name of a target that is not named by its key, of which `project` and `ref` may be those of the defaults. */
function nameIn(data: Mapping, defaults: Mapping): string | undefined {
  if (data['name'] !== undefined) return textIn(data, 'name')
  const project = data['project'] ?? defaults['project']
  const isProject = typeof project === 'string' || typeof project === 'number'
  const [recipe, ref] = [textIn(data, 'recipe'), textIn(data, 'ref') ?? textIn(defaults, 'ref')]
  return nameFor({
    ...(recipe !== undefined && { recipe }),
    ...(ref !== undefined && { ref }),
    ...(isProject && { project }),
  })
}

/** Checks the keys of a target, and what its name is. Problems go to `refuse`. */
export function checkWritten(
  written: WrittenTarget,
  defaults: Mapping,
  { isRows, isPartial, rewrittenIn }: Pick<PlanDocument, 'isRows' | 'isPartial' | 'rewrittenIn'>,
  refuse: Refuse,
): CheckedTarget {
  // As in `docs:` with nothing behind it: all of it comes from elsewhere.
  const given = written.data ?? {}
  const data: Mapping = isMapping(given) ? given : {}
  const name = written.name ?? nameIn(data, defaults)
  const place = written.keys.at(-1) ?? ''
  const shown = isRows ? (name === undefined ? [] : [name]) : ['targets', name ?? place]
  const below = (keys: readonly string[], message: string): void => {
    refuse([...written.keys, ...keys], [...shown, ...keys], message)
  }
  const problems = shapeProblems(given, written.name === undefined ? targetKeys : namedKeys)
  for (const { path, message } of problems) below(path, message)
  const whyNot = name === undefined && isPartial && isRows ? undefined : problemOfName(written, data, name)
  if (whyNot !== undefined) below(data['name'] === undefined ? [] : ['name'], whyNot)
  const isSound = !problems.some(
    ({ path: [key] }) => key === undefined || key === 'matrix' || key === 'variables',
  )
  const inMatrix = isSound ? matrixProblems(data, rewrittenIn) : []
  for (const [keys, problem] of inMatrix) below(['matrix', ...keys], problem)
  const needs = [data['needs'] ?? []].flat().filter((need) => typeof need === 'string')
  return {
    keys: written.keys,
    shown,
    name: whyNot === undefined ? name : undefined,
    data: data,
    needs,
    isSound: isSound && inMatrix.length === 0,
  }
}

/** Why a target cannot have its name. */
function problemOfName(written: WrittenTarget, data: Mapping, name: string | undefined): string | undefined {
  if (name === undefined)
    return data['name'] === undefined ? 'it has neither name nor recipe nor project' : undefined
  if (written.name !== undefined && /^(0|[1-9]\d*)$/.test(name))
    return 'a whole number as key would change the order; write targets as a list with "name", or give another name'
  return nameProblem(name)
}

/** Problems of the defaults of a plan. */
export const defaultsProblems = (defaults: unknown): ReturnType<typeof shapeProblems> =>
  shapeProblems(defaults, defaultsKeys)
