import type { Build } from '../../core/build.ts'
import { codeOf, Interrupted, DeadlineError, TriggerError } from '../../core/errors.ts'
import { safeToRepeat } from '../../core/hints.ts'
import { classify } from '../../http/retry/classify.ts'
import type { Outcome } from '../../http/message.ts'
import type { Answer } from '../../http/message.ts'
import { explainConnectionFailure, isUnaskedContinue } from '../../http/explain-failure.ts'
import { adviceFor, type Attempt } from './advice.ts'
import { howToCheck, whereItIsListed } from './how-to-check.ts'
import { gitlabWords, lacksApi } from '../api/answer.ts'
import { answeredBefore, namedBefore, type AnsweredBefore } from './answered-before.ts'

/** A hint about TLS if the server closed the connection without a response. */
function aboutTls({ base }: Attempt, error: unknown): string {
  if (error instanceof Interrupted || error instanceof DeadlineError || isUnaskedContinue(error)) return ''
  if (!['UND_ERR_SOCKET', 'ECONNRESET', 'HPE_INVALID_CONSTANT', ''].includes(codeOf(error))) return ''
  return base.startsWith('https:')
    ? 'If the server wants a client certificate, give --cert and --key. '
    : 'If the server speaks https, use https:// as its address. '
}

function describeAnswer(answer: Answer, words: string): string {
  if (answer.status === 201) {
    const size = Buffer.byteLength(answer.body)
    const type = answer.headers['content-type'] ?? 'no content type'
    return answer.isComplete
      ? `the answer was not understood (201, ${type}, ${size} bytes)`
      : "GitLab's answer broke off (201): the pipeline was created, its id is lost"
  }
  if (answer.status >= 200 && answer.status < 300) {
    const said = words && !words.startsWith(String(answer.status)) ? `: ${words}` : ''
    return `the server answered ${answer.status}, but not as GitLab does${said}`
  }
  // GitLab's messages often begin with the status: "404 Not Found".
  if (words.startsWith(`${answer.status} `)) return `GitLab answered ${words}`
  return `GitLab answered ${answer.status}${words && `: ${words}`}`
}

/**
 * The error for a trigger that was sent more than once, as `explain` for its last outcome. An earlier attempt that may
 * have been processed (`doubtful`) is not undone by a refusal of the last one.
 */
export function explainLast(last: Outcome, doubtful: Outcome | undefined, attempt: Attempt): TriggerError {
  const error = explain(last, attempt)
  if (!doubtful || error.build.kind !== 'none') return error
  return new TriggerError({
    exit: last.error instanceof Interrupted ? error.exit : 'unknown',
    message: `${error.message}; an earlier attempt may have started a pipeline: ${explain(doubtful, attempt).message}`,
    hint: howToCheck(attempt),
    build: { kind: 'unknown' },
    cause: error,
  })
}

/**
 * The error for a failed trigger: GitLab's message, what it means, whether a pipeline exists and what to do.
 * For a 201 the error is that the response could not be read.
 */
export function explain(outcome: Outcome, attempt: Attempt): TriggerError {
  const verdict = classify(outcome)
  if (outcome.kind === 'no answer') {
    const { what, hint } = explainConnectionFailure(outcome.error)
    const through = attempt.proxy === undefined ? '' : ` through the proxy ${attempt.proxy}`
    return verdict.build === 'unknown'
      ? new TriggerError({
          exit: verdict.exit,
          message: `${attempt.base} did not give a usable answer: ${what}`,
          hint: aboutTls(attempt, outcome.error) + howToCheck(attempt),
          build: { kind: 'unknown' },
          cause: outcome.error,
        })
      : new TriggerError({
          cause: outcome.error,
          exit: verdict.exit,
          message: `${attempt.base} was not reached${through}: ${what}`,
          hint: hint || (verdict.maySendAgain ? safeToRepeat : ''),
        })
  }
  const words = gitlabWords(outcome)
  const before = answeredBefore(outcome, attempt.base)
  if (before) return explainBefore(outcome, before, attempt)
  const message = describeAnswer(outcome, words)
  if (outcome.status === 201) {
    return new TriggerError({
      exit: outcome.isComplete ? 'unknown' : verdict.exit,
      message,
      hint: howToCheck(attempt),
      build: outcome.isComplete ? { kind: 'unknown' } : { kind: 'triggered', build: null },
    })
  }
  const advice = adviceFor(attempt, outcome, words)
  switch (verdict.build) {
    case 'none':
      return new TriggerError({ exit: verdict.exit, message, hint: advice })
    case 'created':
      return new TriggerError({
        exit: verdict.exit,
        message,
        hint: advice + whereItIsListed(attempt),
        build: { kind: 'triggered', build: null },
      })
    case 'unknown':
      return new TriggerError({
        exit: verdict.exit,
        message,
        hint: howToCheck(attempt),
        build: { kind: 'unknown' },
      })
  }
}

/** The error where something before GitLab answered: only a refusal proves that the request was not passed on. */
function explainBefore(answer: Answer, before: AnsweredBefore, attempt: Attempt): TriggerError {
  const { build, exit } = classify(answer)
  const { status } = answer
  const words = before.words.startsWith(`${status} `)
    ? before.words
    : [status, before.words].filter(Boolean).join(': ')
  const message =
    status >= 200 && status < 300
      ? `${describeAnswer(answer, before.words)}: ${namedBefore(before)}`
      : `${namedBefore(before)}: ${words}`
  // An address that takes no POST or has no API, and a body that is too large, mean the same from GitLab and from a proxy.
  const isSaidByStatus = lacksApi(answer) || status === 405 || status === 413
  const hint = isSaidByStatus ? adviceFor(attempt, answer, '') : before.hint
  return build === 'none'
    ? new TriggerError({ exit, message, hint })
    : new TriggerError({
        exit: exit === 'buildFailed' || exit === 'success' ? 'unknown' : exit,
        message,
        hint: `${before.hint} ${howToCheck(attempt)}`,
        build: { kind: 'unknown' },
      })
}

/** The error for a pipeline that failed on creation: 201 with `status: failed` (docs/gitlab.md#9.3). */
export function failedAtOnce(build: Build): TriggerError {
  const why = build.yamlErrors === null ? '' : `: ${build.yamlErrors.replace(/\s+/g, ' ')}`
  return new TriggerError({
    exit: 'buildFailed',
    message: `the pipeline failed immediately${why}`,
    hint: 'Correct the .gitlab-ci.yml on that ref.',
    build: { kind: 'triggered', build },
  })
}
