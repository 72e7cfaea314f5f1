import { badRequest, error, failsafe, page, serverError } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { GitlabVersion } from '../version/version.ts'
import { has } from '../version/differences.ts'

/** Why a body or a query could not be read. */
export type ProblemKind =
  | 'cut off'
  | 'types clash'
  | 'parts'
  | 'files'
  | 'names'
  | 'size'
  | 'depth'
  | 'percent'
  | 'charset'
  | 'nameless'
  | 'name bytes'
  | 'json'

/** Thrown by the parsers; the version decides what GitLab makes of it. */
export class Problem extends Error {
  readonly kind: ProblemKind

  constructor(kind: ProblemKind) {
    super(kind)
    this.kind = kind
  }
}

type Verdict = () => Answer | 'no parameters'

const ignored: Verdict = () => 'no parameters'
const badJson: Verdict = () => error(400, 'Invalid JSON format')

/**
 * One row per problem: the answer with Rack 1.6 (8.5 to 10.3) and on 18.9 (docs/gitlab.md#10.4, #10.5).
 */
const verdicts: Record<ProblemKind, { old: Verdict; now: Verdict }> = {
  'cut off': { old: ignored, now: badRequest },
  'types clash': { old: serverError, now: badRequest },
  parts: { old: serverError, now: failsafe },
  files: { old: serverError, now: failsafe },
  names: { old: serverError, now: badRequest },
  size: { old: serverError, now: badRequest },
  depth: { old: serverError, now: badRequest },
  percent: { old: serverError, now: badRequest },
  charset: { old: serverError, now: failsafe },
  nameless: { old: serverError, now: failsafe },
  'name bytes': { old: serverError, now: failsafe },
  json: { old: serverError, now: badJson },
}

/** The answer to a problem, or that the version continues as if nothing had been sent. */
export function verdict(kind: ProblemKind, gitlab: GitlabVersion): Answer | 'no parameters' {
  if (kind === 'json' && has(gitlab, 'brokenJsonPage')) return page(500, 'Something went wrong')
  return has(gitlab, 'rack2') ? verdicts[kind].now() : verdicts[kind].old()
}
