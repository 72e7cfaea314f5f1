import type { Build } from '../../core/build.ts'
import { TriggerError } from '../../core/errors.ts'
import type { Outcome } from '../../http/message.ts'
import type { Secret } from '../../core/secret.ts'
import type { Attempt } from '../errors/advice.ts'
import { jsonOf, lacksApi } from '../api/answer.ts'
import { dialects, type Dialect } from '../api/dialect.ts'
import { explainLast } from '../errors/explain.ts'
import { post, type PostResult, type PostOptions } from '../../http/retry/post.ts'
import { triggerRequest, type Trigger } from '../api/requests.ts'

/** One trigger, ready to be sent. */
export interface TriggerOrder extends Trigger {
  token: Secret
  tokenOrigin: string
  isJobToken: boolean
  api: 'v4' | 'v3' | 'auto'
  /** Words the command that lists the pipelines of such triggers, ready to be pasted; undefined: there is none. */
  listCommand?: (dialect: Dialect) => string
}

/** A build that exists, and the API that made it. */
export interface Triggered {
  build: Build
  dialect: Dialect
}

/** Proves that this server has no v4; such a 404 made no build. */
const lacksV4 = (outcome: Outcome): boolean => outcome.kind === 'answer' && lacksApi(outcome)

const lacksV3 = (outcome: Outcome): boolean => outcome.kind === 'answer' && outcome.status === 410

/**
 * Starts one build: one POST, or with `auto` another one to the other API after an answer that proves that the first
 * made nothing. Throws a TriggerError for everything but a 201 with a usable id.
 */
export async function postTrigger(order: TriggerOrder, sending: PostOptions): Promise<Triggered> {
  const postTo = async (dialect: Dialect): Promise<PostResult & { dialect: Dialect }> => {
    const request = triggerRequest(order, order.token, dialect)
    return { ...(await post(request, sending)), dialect }
  }
  let attempt = await postTo(order.api === 'v3' ? dialects.v3 : dialects.v4)
  if (order.api === 'auto' && lacksV4(attempt.outcome) && !attempt.doubtful) {
    refuseInputs(order)
    const first = attempt
    attempt = await postTo(dialects.v3)
    // Then the 404 came from something in between, and v4 is there after all.
    if (lacksV3(attempt.outcome)) attempt = await postTo(dialects.v4)
    else if (lacksV4(attempt.outcome)) attempt = first
  }
  const { outcome, doubtful, dialect, retryAt } = attempt
  const build =
    outcome.kind === 'answer' && outcome.status === 201 && outcome.isComplete
      ? dialect.decode(jsonOf(outcome), order.ref)
      : null
  if (build !== null) return { build, dialect }
  const proxy = sending.way.proxy?.url
  throw explainLast(outcome, doubtful, attemptOf(order, dialect, retryAt, proxy))
}

function attemptOf(
  order: TriggerOrder,
  dialect: Dialect,
  retryAt: number | undefined,
  proxy: string | undefined,
): Attempt {
  return { ...order, token: order.token.reveal(), dialect, retryAt, proxy }
}

function refuseInputs({ base, inputs }: TriggerOrder): void {
  if (inputs.length === 0) return
  throw new TriggerError({
    exit: 'refused',
    message: `the GitLab at ${base} has no API v4, which inputs need`,
    hint: 'Inputs came with GitLab 17.11; use --var.',
  })
}
