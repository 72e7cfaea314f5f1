import { Problem } from './problem.ts'
import type { Field, Param, ParamHash } from './tree.ts'

/** Names longer than this in sum, on one level, are refused by every version (observed-answers, limits). */
export const nameSpace = 65_536

const depthLimit = 100

function isHash(param: Param | undefined): param is ParamHash {
  return param instanceof Map
}

function listAt(hash: ParamHash, key: string): Param[] {
  const found = hash.get(key) ?? []
  if (!Array.isArray(found)) throw new Problem('types clash')
  hash.set(key, found)
  return found
}

/** Adds to the last hash of a list, or begins a new one when that key is taken: `a[][b]=1&a[][b]=2`. */
function addToList(list: Param[], childName: string, value: Param, depth: number): void {
  const last = list.at(-1)
  if (isHash(last) && !last.has(childName)) {
    put(last, childName, value, depth)
    return
  }
  const fresh: ParamHash = new Map()
  put(fresh, childName, value, depth)
  list.push(fresh)
}

/**
 * Stores one value under a name with brackets, by Rack's own rules, which are the same in 1.6 and 2.2. The
 * odd results (`variables[A[B]` is a nested hash, `variables[A` is the key A) come from them.
 */
function put(hash: ParamHash, name: string, value: Param, depth: number): void {
  if (depth <= 0) throw new Problem('depth')
  const found = /^[[\]]*([^[\]]+)\]*/.exec(name)
  if (found?.[1] === undefined) return
  const key = found[1]
  const after = name.slice(found[0].length)
  if (after === '') {
    hash.set(key, value)
  } else if (after === '[') {
    hash.set(name, value)
  } else if (after === '[]') {
    listAt(hash, key).push(value)
  } else {
    const child = /^\[\]\[([^[\]]+)\]$/.exec(after)?.[1] ?? /^\[\](.+)$/.exec(after)?.[1]
    if (child !== undefined) {
      addToList(listAt(hash, key), child, value, depth - 1)
      return
    }
    const inner = hash.get(key) ?? (new Map() as ParamHash)
    if (!isHash(inner)) throw new Problem('types clash')
    hash.set(key, inner)
    put(inner, after, value, depth - 1)
  }
}

function checkNames(param: Param): void {
  if (Array.isArray(param)) param.forEach(checkNames)
  if (!isHash(param)) return
  let bytes = 0
  for (const [name, value] of param) {
    bytes += name.length
    checkNames(value)
  }
  if (bytes > nameSpace) throw new Problem('names')
}

/**
 * Makes the tree of parameters out of the fields of a form, in their order; the last of two equal names wins.
 */
export function nest(fields: Field[]): ParamHash {
  const hash: ParamHash = new Map()
  for (const [name, value] of fields) put(hash, name, value, depthLimit)
  checkNames(hash)
  return hash
}
