import type { Build } from '../../core/build.ts'
import { TriggerError } from '../../core/errors.ts'
import { explainConnectionFailure } from '../../http/explain-failure.ts'
import type { Outcome } from '../../http/message.ts'
import type { RequestSender } from '../../http/http-session.ts'
import { post, type PostOptions } from '../../http/retry/post.ts'
import type { Attempt } from '../errors/advice.ts'
import { gitlabWords, jsonOf, lacksApi, objectMembers } from '../api/answer.ts'
import { nonEmptyText } from '../api/decode.ts'
import { dialects, type Dialect } from '../api/dialect.ts'
import { answeredBefore, quotedBefore } from '../errors/answered-before.ts'
import { explain } from '../errors/explain.ts'
import { movedProjectId } from '../api/moved-project.ts'
import { ApiError, readerFor } from '../api/reader.ts'
import { readRequest, triggerRequest, type ProjectAddress } from '../api/requests.ts'
import { refusalLine, type CredentialCandidate } from '../api/first-allowed.ts'
import type { Secret } from '../../core/secret.ts'

/** A ref that no repository can have, since git forbids `..` in names: a trigger for it starts nothing. */
export const nonexistentRef = 'gitlab-trigger..doctor'

/** Whether an API is there, by its answer to a read of a project, which needs no login. */
export function presenceOf(outcome: Outcome): 'there' | 'absent' | 'unclear' {
  if (outcome.kind === 'no answer') return 'unclear'
  if (lacksApi(outcome) || outcome.status === 410) return 'absent'
  const members = objectMembers(jsonOf(outcome))
  const isProject = outcome.status === 200 && members['id'] !== undefined
  const isRefusal = [401, 403, 404].includes(outcome.status) && members['message'] !== undefined
  return isProject || isRefusal ? 'there' : 'unclear'
}

/** The API that a trigger would go to. Asks only where that is left open. Throws an abort's reason. */
export async function findDialect(
  target: ProjectAddress,
  api: 'v4' | 'v3' | 'auto',
  sender: RequestSender,
): Promise<Dialect> {
  if (api !== 'auto') return dialects[api]
  const presence = async (dialect: Dialect): Promise<ReturnType<typeof presenceOf>> => {
    const outcome = await sender.send(readRequest(target, dialect, '', undefined))
    sender.signal.throwIfAborted()
    return presenceOf(outcome)
  }
  // A gateway's 404 looks as if v4 were absent: only where v3 is there, it is.
  if ((await presence(dialects.v4)) !== 'absent') return dialects.v4
  return (await presence(dialects.v3)) === 'there' ? dialects.v3 : dialects.v4
}

/** The error for an answer, or none, to a read: as for a trigger, but nothing can have been started. */
export function explainRead(outcome: Outcome, target: ProjectAddress, dialect: Dialect): TriggerError {
  const nobody = { token: '', tokenOrigin: '', isJobToken: false, variables: [], inputs: [] }
  return explainHarmless(outcome, { ...target, ...nobody, ref: nonexistentRef, dialect })
}

/**
 * The error for the outcome of a request that can start nothing, a read or the trial of a token: exit 7, which asks the user to check for a pipeline, is never
 * among them (docs/guarantees.md#G16).
 */
function explainHarmless(outcome: Outcome, attempt: Attempt): TriggerError {
  const { base } = attempt
  if (outcome.kind === 'answer' && outcome.status >= 200 && outcome.status < 300) {
    const type = outcome.headers['content-type'] ?? 'no content type'
    const before = answeredBefore(outcome, base)
    return new TriggerError({
      exit: 'refused',
      message: `the server at ${base} is not a GitLab (${outcome.status}, ${type})${before ? `: ${quotedBefore(before)}` : ''}`,
      hint: before?.hint ?? 'Check the address and its path prefix.',
    })
  }
  const { message, exit, build, hint, cause } = explain(outcome, attempt)
  if (build.kind === 'none') return new TriggerError({ exit, message, hint, cause })
  const before = outcome.kind === 'answer' ? answeredBefore(outcome, base) : undefined
  // Without an answer, the request may be sent again: nothing comes of it.
  const isStop = exit !== 'unknown' && exit !== 'buildFailed'
  return new TriggerError({
    exit: isStop ? exit : 'notReached',
    message:
      outcome.kind === 'answer'
        ? message
        : `${base} did not give a usable answer: ${explainConnectionFailure(outcome.error).what}`,
    hint: before?.hint ?? 'Nothing was started; try again later.',
    cause,
  })
}

/** The release of a GitLab, which it tells to who has logged in; undefined where it does not. Throws an abort's reason. */
export async function readVersion(
  { base }: ProjectAddress,
  dialect: Dialect,
  token: Secret,
  sender: RequestSender,
): Promise<string | undefined> {
  const credential = { header: 'PRIVATE-TOKEN', token } as const
  const outcome = await sender.send(readRequest({ base, project: '' }, dialect, '/version', credential))
  sender.signal.throwIfAborted()
  if (outcome.kind !== 'answer' || outcome.status !== 200) return undefined
  const version = nonEmptyText(objectMembers(jsonOf(outcome))['version'])
  // Not cut: half of a secret would not be known as one.
  return version !== null && version.length <= 40 ? version : undefined
}

/** What a trial of a trigger token needs to know. */
export type TrialOrder = Omit<Attempt, 'token' | 'ref' | 'variables' | 'inputs'> & { token: Secret }

/**
 * Tries a trigger token on a ref that cannot exist. Resolves to GitLab's words for that, which prove that the token is good and
 * nothing was started. Throws a TriggerError for anything else, also for a build that was started all the same.
 */
export async function testTriggerToken(order: TrialOrder, options: PostOptions): Promise<string> {
  const trigger = { ...order, ref: nonexistentRef, variables: [], inputs: [] }
  const { outcome } = await post(triggerRequest(trigger, order.token, order.dialect), options)
  if (outcome.kind === 'answer' && outcome.status === 400) {
    const words = gitlabWords(outcome)
    if (/Reference not found|No builds created/.test(words)) return words
  }
  const isWhole = outcome.kind === 'answer' && outcome.status === 201 && outcome.isComplete
  const build = isWhole ? order.dialect.decode(jsonOf(outcome), nonexistentRef) : null
  if (build) throw started(build)
  options.signal.throwIfAborted()
  throw explainHarmless(outcome, { ...trigger, token: order.token.reveal() })
}

function started(build: Build): TriggerError {
  return new TriggerError({
    exit: 'internal',
    message: `the server started pipeline ${build.id} for ${nonexistentRef}, which git does not allow as a name`,
    hint: 'Cancel that pipeline, and please report this with the version of that GitLab.',
    build: { kind: 'triggered', build },
  })
}

/** Tries credentials, best first, on the project's pipelines: which may read them, why those before it may not, and the new id of a project that has moved. */
export async function tryReading(
  target: ProjectAddress,
  dialect: Dialect,
  tries: readonly CredentialCandidate[],
  sender: RequestSender,
): Promise<{ reader: string | undefined; refusals: string[]; moved: string | undefined }> {
  const path = dialect.name === 'v3' ? '/builds?per_page=1' : '/pipelines?per_page=1'
  const refusals: string[] = []
  let moved: string | undefined
  for (const { name, credential } of tries) {
    try {
      await readerFor(target, dialect, credential, sender).get(path)
      return { reader: name, refusals, moved }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      moved ??= movedProjectId(error, target.base)
      const before = error.answer && answeredBefore(error.answer, target.base)
      refusals.push(refusalLine([{ name, error, before }]))
    }
  }
  return { reader: undefined, refusals, moved }
}
