import type { Answer } from '../../http/message.ts'
import { lacksApi } from '../api/answer.ts'
import type { Dialect } from '../api/dialect.ts'
import type { Trigger } from '../api/requests.ts'
import { redirectAdvice } from './redirect-advice.ts'
import { maybePageOfProject } from '../../core/text/page-of-project.ts'
import { tokenKind } from '../../core/token-kind.ts'

/** The trigger that failed, as far as an explanation needs it. */
export interface Attempt extends Trigger {
  token: string
  /** The origin of the token, as text for the user. */
  tokenOrigin: string
  isJobToken: boolean
  dialect: Dialect
  /** The end of a rate limit, in ms since 1970, if known. */
  retryAt?: number | undefined
  /** The address of the proxy, if any. */
  proxy?: string | undefined
  /** Words the command that lists the pipelines of such triggers, ready to be pasted. */
  listCommand?: ((dialect: Dialect) => string) | undefined
}

type Advice = (attempt: Attempt, answer: Answer) => string

function noApi({ base, dialect }: Attempt): string {
  const other = dialect.name === 'v4' ? ' If it is a GitLab older than 9.0, use --api v3 or --api auto.' : ''
  return `There seems to be no GitLab API at ${base} (asked for ${dialect.name}): check the address and its path prefix.${other}${maybePageOfProject(base)}`
}

const isJob = ({ isJobToken, token }: Pick<Attempt, 'isJobToken' | 'token'>): boolean =>
  isJobToken || token.includes('glcbt-')

/** The advice for a project that does not let this role, or any role, set variables (docs/gitlab.md#2.8). */
function noVariables(attempt: Attempt): string {
  const where = 'Settings > CI/CD > Variables > Minimum role'
  return isJob(attempt)
    ? `This project does not accept triggers with a job token, even without variables (${where}): use a trigger token of that project.`
    : `This project does not allow this token to set variables (${where}); inputs (--input) are not affected.`
}

/** Whom a trigger acts as, and what it may not (docs/gitlab.md#2.5). */
function noPermission(attempt: Attempt): string {
  return isJob(attempt)
    ? "Either the project's job token allowlist (Settings > CI/CD > Job token permissions) lacks yours, or the role of the job's user allows no pipeline on that ref; a trigger token of that project works too."
    : "A trigger token acts as its owner: the owner's role does not allow a pipeline on that ref."
}

const inputs =
  'The inputs must be declared under spec:inputs of its .gitlab-ci.yml, with that type; every required one must be given.'

const undecided = 'GitLab does not say which is wrong'

/** Whether advice leaves open whether the project or the token is wrong. */
export const isUndecided = (advice: string): boolean => advice.startsWith(undecided)

function notFound(attempt: Attempt, answer: Answer): string {
  if (lacksApi(answer)) return noApi(attempt)
  return `${undecided}: the project (${attempt.project}), or the token (from ${attempt.tokenOrigin})${whyTokenIsWrong(attempt)}`
}

/** What may be wrong with a token that a project does not take: the end of a sentence that names it, and what follows. */
function whyTokenIsWrong(attempt: Pick<Attempt, 'token' | 'tokenOrigin' | 'isJobToken' | 'project'>): string {
  if (isJob(attempt)) {
    return ". A CI job's token (CI_JOB_TOKEN) works while its job runs, and only where the project's job token allowlist (Settings > CI/CD > Job token permissions) has yours; a trigger token works too."
  }
  const kind = tokenKind(attempt.token)
  const looksLike = kind === undefined ? '' : ` The token looks like ${kind}`
  if (kind !== undefined && !kind.startsWith('a trigger token')) {
    return `.${looksLike}; only a trigger token of that project (Settings > CI/CD > Pipeline trigger tokens) works here.`
  }
  return `: mistyped, revoked, of another project, or a personal token used as trigger token.${looksLike}${looksLike && '.'}`
}

/** The advice after a 404 for a project that is known to exist: the token is wrong. */
export function tokenIsWrong(
  { id, path }: { id: number; path: string },
  attempt: Pick<Attempt, 'token' | 'tokenOrigin' | 'isJobToken' | 'project'>,
): string {
  const { project, tokenOrigin } = attempt
  const name = project === String(id) ? `${id} (${path})` : `${project} (${id})`
  return `Project ${name} exists, so it is the token (from ${tokenOrigin})${whyTokenIsWrong(attempt)}`
}

function badRef({ ref }: Attempt): string {
  return /^[0-9a-f]{40}$/i.test(ref)
    ? 'This GitLab does not accept a commit SHA as ref (8.x did): give a branch or tag that points to it.'
    : `Is there a branch or tag "${ref}" in that project? Right after a push it may take a moment.`
}

/** The time to try again, in UTC. */
function later({ retryAt }: Attempt): string {
  return retryAt === undefined ? 'later' : `after ${new Date(retryAt).toISOString().replace(/\.\d+/, '')}`
}

/** Advice by status and GitLab's message; the first match is used (docs/gitlab.md#2.3). */
const adviceTable: readonly (readonly [status: number | 'redirect', words: RegExp, advice: Advice])[] = [
  ['redirect', /^/, ({ base }, { headers }) => redirectAdvice(base, headers)],
  [400, /Reference not found|No builds created/, badRef],
  [400, /Ref is ambiguous/, ({ ref }) => `Say which: --ref refs/heads/${ref} or --ref refs/tags/${ref}.`],
  [400, /set pipeline variables/, noVariables],
  [400, /Insufficient permissions|do not have sufficient permission|protected ref/, noPermission],
  [
    400,
    /Too many pipelines/,
    (attempt) => `GitLab limits the pipelines of one minute; try again ${later(attempt)}.`,
  ],
  [400, /Pipelines are disabled/, () => 'CI/CD is turned off in that project (Settings > General).'],
  [
    400,
    /rules configuration|No stages|workflow/,
    () => 'The rules in its .gitlab-ci.yml leave no job for a trigger: check rules, only and except.',
  ],
  [
    400,
    /Missing CI config file/,
    ({ ref }) => `There is no .gitlab-ci.yml on ${ref}: give another ref, or add the file.`,
  ],
  [400, /input/i, () => 'GitLab accepts at most 20 inputs for one pipeline.'],
  [401, /job|project has been/i, () => 'CI_JOB_TOKEN works only while its job runs.'],
  [401, /^/, ({ project }) => `The token does not belong to project ${project}.`],
  [403, /^/, () => 'GitLab does not allow this (403). Ask an administrator of the instance.'],
  [404, /^/, notFound],
  [405, /^/, () => 'A proxy or another server does not accept POST at that address: check the server URL.'],
  [410, /^/, () => 'This GitLab speaks API v4 only: use --api v4.'],
  [413, /^/, () => 'The variables are larger than the server accepts.'],
  [415, /^/, () => 'A proxy or another server changed the request: check the server URL.'],
  [422, /\binputs?\b/i, () => `The pipeline exists and failed immediately. ${inputs}`],
  [
    422,
    /^/,
    () => 'The pipeline exists and failed immediately; its page shows why, often the .gitlab-ci.yml.',
  ],
  [429, /^/, (attempt) => `The server limits requests; try again ${later(attempt)}.`],
]

/** Explains GitLab's response to a trigger and what to do; '' if its own message says enough. */
export function adviceFor(attempt: Attempt, answer: Answer, words: string): string {
  const { status } = answer
  const key = status >= 300 && status < 400 ? 'redirect' : status
  const row = adviceTable.find(([rowStatus, pattern]) => rowStatus === key && pattern.test(words))
  return row ? row[2](attempt, answer) : ''
}
