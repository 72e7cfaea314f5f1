import { Problem } from './problem.ts'
import type { Param, ParamHash } from './tree.ts'
import { nameBytes, utf8 } from './tree.ts'

/** 18.9 refuses JSON deeper than this (docs/gitlab.md#6). */
export const jsonDepth = 32

function toParam(value: unknown, depth: number, limited: boolean): Param {
  if (limited && depth > jsonDepth) throw new Problem('json')
  if (typeof value === 'string') {
    // Ruby's parser refuses half a surrogate pair; JavaScript's lets it through.
    if (/\p{Surrogate}/u.test(value)) throw new Problem('json')
    return Buffer.from(value)
  }
  if (Array.isArray(value)) return value.map((item) => toParam(item, depth + 1, limited))
  if (typeof value === 'object' && value !== null) {
    return new Map(
      Object.entries(value).map(([key, item]) => [nameBytes(key), toParam(item, depth + 1, limited)]),
    )
  }
  return typeof value === 'number' || typeof value === 'boolean' ? value : null
}

/** The parameters of a JSON body; anything but an object gives none (docs/gitlab.md#10.4, "JSON array body"). */
export function jsonParams(body: Buffer, limited: boolean): ParamHash {
  const text = utf8(body)
  if (text === undefined) throw new Problem('json')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Problem('json')
  }
  const param = toParam(value, 0, limited)
  return param instanceof Map ? param : new Map<string, Param>()
}
