import { badRequest, Halt } from '../http/answer.ts'
import type { GitlabVersion } from '../version/version.ts'
import { has } from '../version/differences.ts'
import { readBody } from './form.ts'
import { nest } from './nested.ts'
import { Problem, verdict } from './problem.ts'
import type { Param, ParamHash } from './tree.ts'
import { nameBytes, nameText, utf8 } from './tree.ts'
import { urlencodedFields } from './urlencoded.ts'

/** The parts of a request that carry parameters. */
export interface ParamSources {
  query: string
  body: Buffer
  contentType: string
  path: Record<string, string>
}

/** Runs a parser. What it cannot read becomes GitLab's answer, or counts as no parameters. */
function orVerdict(gitlab: GitlabVersion, read: () => ParamHash): ParamHash {
  try {
    return read()
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem
    const answer = verdict(problem.kind, gitlab)
    if (answer === 'no parameters') return new Map()
    throw new Halt(answer)
  }
}

/** A name that is not UTF-8 is an error everywhere. */
function checkNameBytes(param: Param): void {
  if (Array.isArray(param)) param.forEach(checkNameBytes)
  if (!(param instanceof Map)) return
  for (const [name, value] of param) {
    if (nameText(name) === undefined) throw new Problem('name bytes')
    checkNameBytes(value)
  }
}

function isMalformed(param: Param): boolean {
  if (Buffer.isBuffer(param)) return param.includes(0) || utf8(param) === undefined
  if (Array.isArray(param)) return param.some(isMalformed)
  return param instanceof Map && [...param.values()].some(isMalformed)
}

/**
 * All parameters of a request: the body over the query, the path over both, at the top level only (facts 6).
 * Halts with the version's answer to what cannot be read, and on 18.9 to a NUL or invalid UTF-8 in any value.
 */
export function readParams(sources: ParamSources, gitlab: GitlabVersion): ParamHash {
  const now = has(gitlab, 'rack2')
  const query = orVerdict(gitlab, () => nest(urlencodedFields(sources.query, 'query', now)))
  const body = orVerdict(gitlab, () => readBody(sources.body, sources.contentType, gitlab).params)
  const path = Object.entries(sources.path).map(([name, value]): [string, Param] => [
    nameBytes(name),
    Buffer.from(value),
  ])
  const params: ParamHash = new Map([...query, ...body, ...path])
  orVerdict(gitlab, () => {
    checkNameBytes(params)
    return params
  })
  if (has(gitlab, 'malformedStrings') && isMalformed(params)) throw new Halt(badRequest())
  return params
}
