import { TriggerError } from '../../core/errors.ts'
import { classify } from '../../http/retry/classify.ts'
import type { Outcome } from '../../http/message.ts'
import type { RequestSender } from '../../http/http-session.ts'
import { post, type PostOptions } from '../../http/retry/post.ts'
import type { Attempt } from '../errors/advice.ts'
import { gitlabWords, jsonOf, lacksApi, objectMembers } from '../api/answer.ts'
import { nonEmptyText } from '../api/decode.ts'
import { dialects, type Dialect } from '../api/dialect.ts'
import { explain } from '../errors/explain.ts'
import { movedProjectId } from '../api/moved-project.ts'
import { ApiError, readerFor } from '../api/reader.ts'
import { readRequest, triggerRequest, type ProjectAddress } from '../api/requests.ts'
import type { CredentialCandidate } from '../api/first-allowed.ts'
import type { Secret } from '../../core/secret.ts'

/** A ref that no repository can have, since git forbids `..` in names: a trigger for it starts nothing. */
export const nonexistentRef = 'gitlab-trigger..doctor'

/** Whether an API is there, by its answer to a read of a project, which anybody may ask for. */
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
  const outcome = await sender.send(readRequest(target, dialects.v4, '', undefined))
  sender.signal.throwIfAborted()
  return presenceOf(outcome) === 'absent' ? dialects.v3 : dialects.v4
}

/** The error for an answer, or none, to a read: as for a trigger, but nothing can have been started. */
export function explainRead(outcome: Outcome, target: ProjectAddress, dialect: Dialect): TriggerError {
  if (outcome.kind === 'answer' && outcome.status >= 200 && outcome.status < 300) {
    const type = outcome.headers['content-type'] ?? 'no content type'
    return new TriggerError({
      exit: 'refused',
      message: `what answers at ${target.base} is no GitLab (${outcome.status}, ${type})`,
      hint: 'Check the address and its path prefix.',
    })
  }
  const nobody = { token: '', tokenOrigin: '', isJobToken: false, variables: [], inputs: [] }
  return harmless(explain(outcome, { ...target, ...nobody, ref: nonexistentRef, dialect }))
}

/** The same error where no build can have been started, whatever the outcome. */
function harmless(error: TriggerError): TriggerError {
  if (error.build.kind === 'none') return error
  return new TriggerError({
    exit: error.exit,
    message: error.message,
    hint: 'Nothing was started by this; try again later.',
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
  if (classify(outcome).build === 'created') throw started(outcome, order.dialect)
  options.signal.throwIfAborted()
  throw harmless(explain(outcome, { ...trigger, token: order.token.reveal() }))
}

function started(outcome: Outcome, dialect: Dialect): TriggerError {
  const isWhole = outcome.kind === 'answer' && outcome.isComplete
  const build = isWhole ? dialect.decode(jsonOf(outcome), nonexistentRef) : null
  return new TriggerError({
    exit: 'internal',
    message: `the server started a build for ${nonexistentRef}, which is no name that git allows`,
    hint: 'Please report this, with the version of that GitLab; look at the build and cancel it.',
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
      refusals.push(`${name}: ${error.message}`)
    }
  }
  return { reader: undefined, refusals, moved }
}
