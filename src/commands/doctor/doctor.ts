import { defaultTimeoutMs } from '../../config/plan-values.ts'
import { startBudget } from '../../core/budget.ts'
import type { DoctorFlags } from '../../options/setup.ts'
import type { Context } from '../../core/context.ts'
import { asTriggerError, codeOf, TriggerError } from '../../core/errors.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { styleFor } from '../../output/terminal/style.ts'
import type { Reporter } from '../../events.ts'
import type { HttpSession } from '../../http/http-session.ts'
import { jsonResultLine } from '../../session/json-result.ts'
import { postOptions, sessionOptions } from '../../session/retry-policy.ts'
import { openServer, transportOptions } from '../../session/server-client.ts'
import { readCredentials } from './credentials.ts'
import { bad, checkNames, findingLines, findingObject, skipped, type Finding } from './finding.ts'
import { examineServer } from './check-server.ts'
import { examineSetup, type Setup } from './check-setup.ts'
import { examineTokens } from './check-tokens.ts'

const ofServer = ['dns', 'proxy', 'tls', 'api', 'clock'] as const

async function collectSetup(
  flags: DoctorFlags,
  context: Context,
): Promise<{ findings: Finding[]; setup: Setup | undefined }> {
  const findings: Finding[] = []
  const examining = examineSetup(flags, context)
  for (;;) {
    const { done, value } = await examining.next()
    if (done) return { findings, setup: value }
    findings.push(value)
  }
}

/** What can be checked, in order; what cannot is left out. Throws when time is over or the process is told to end. */
async function* examine(flags: DoctorFlags, context: Context): AsyncGenerator<Finding> {
  context.interrupted.throwIfAborted()
  // The limit of what is written too, it must be known before the first finding.
  const { findings, setup } = await collectSetup(flags, context)
  const budget = startBudget(context, setup?.plan.timeout.value ?? defaultTimeoutMs)
  yield* findings
  if (!setup) return
  let session: HttpSession | undefined
  try {
    const credentials = await readCredentials(setup, flags, context, budget.signal)
    const { apiToken } = credentials
    const reader = apiToken instanceof TriggerError ? undefined : apiToken?.value
    const { settings } = setup
    if (!settings) yield* ofServer.map((name) => skipped(name, 'no server is given'))
    const report: Reporter = () => Promise.resolve()
    const retries = setup.plan.retry.value
    const options = sessionOptions(retries, context, budget, report)
    session = settings && openServer(settings, options, context).session
    const dialect = settings && session && (yield* examineServer(settings, reader, context, budget, session))
    const posts =
      settings &&
      postOptions(transportOptions(settings, context), { retries, ambiguous: false }, context, budget, report)
    const connection = session && posts && { sender: session, posts }
    yield* examineTokens(setup, credentials, dialect, flags, context, connection)
  } finally {
    session?.close()
    budget.end()
  }
}

/** A finding for every check, whatever happens: what breaks off ends in the check that it met, what is left out is skipped. */
async function* examineAll(flags: DoctorFlags, context: Context): AsyncGenerator<Finding> {
  let at = 0
  let why = 'it could not be checked'
  const skipTo = function* (name?: string): Generator<Finding> {
    for (let next = checkNames[at]; next !== undefined && next !== name; next = checkNames[++at]) {
      yield skipped(next, why)
    }
    at++
  }
  try {
    for await (const finding of examine(flags, context)) {
      yield* skipTo(finding.name)
      if (finding.mark === 'bad') why = `not checked, since ${finding.name} has failed`
      yield finding
    }
  } catch (error) {
    const failure = asTriggerError(error, { kind: 'none' })
    const name = checkNames[at++] ?? 'reading'
    why = `not checked: ${failure.message}`
    yield bad(name, failure)
  }
  yield* skipTo()
}

/** The error that doctor ends with; undefined where all that `run` needs is there. */
function failureOf(findings: readonly Finding[], { interrupted }: Context): TriggerError | undefined {
  if (interrupted.aborted) return asTriggerError(interrupted.reason, { kind: 'none' })
  const failed = findings.filter(({ mark }) => mark === 'bad')
  const [first] = failed
  if (!first) return undefined
  // A build that was started after all, or a bug of ours, is told in full.
  const worst = failed.find(({ exit }) => exit === 'internal')
  if (worst) {
    const { exit, detail, fix, build } = worst
    return new TriggerError({ exit, message: detail, hint: fix, build })
  }
  const message = `${failed.length} of ${findings.length} checks failed, the first: ${first.name}`
  return new TriggerError({ exit: first.exit, message })
}

/**
 * Proves the set-up without starting a build: `gitlab-trigger doctor`. Prints a line for each check; resolves to 0 if all that `run`
 * needs is there, else throws a TriggerError with the code of the first thing that is wrong.
 */
export async function doctor(flags: DoctorFlags, context: Context): Promise<number> {
  const style = await styleFor(context.stdout, context.env, flags.color)
  const write = (text: string): Promise<void> =>
    context.stdout.write(text).catch((error: unknown) => {
      if (codeOf(error) === 'EPIPE') return
      const message = 'the result could not be written to standard output'
      throw new TriggerError({ exit: 'notWritten', message, cause: error })
    })
  const findings: Finding[] = []
  for await (const finding of examineAll(flags, context)) {
    findings.push(finding)
    if (!flags.json) await write(findingLines(finding, style, context.env))
  }
  const failure = failureOf(findings, context)
  const code = failure?.exitCode ?? exitCodes.success.code
  if (flags.json) {
    const checks = findings.map(findingObject)
    await write(jsonResultLine({ checks }, code, context, failure))
  }
  if (failure) throw failure
  return code
}
