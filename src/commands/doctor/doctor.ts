import { defaultTimeoutMs } from '../../core/defaults.ts'
import { startBudget, type Budget } from '../../core/budget.ts'
import type { DoctorFlags } from '../../options/setup.ts'
import type { Context } from '../../core/context.ts'
import { asTriggerError, codeOf, TriggerError } from '../../core/errors.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { escapeLine } from '../../output/terminal/escape.ts'
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
  recipe: string | undefined,
  number: number,
  context: Context,
): Promise<{ findings: Finding[]; setup: Setup | undefined }> {
  const findings: Finding[] = []
  const examining = examineSetup(flags, recipe, number, context)
  for (;;) {
    const { done, value } = await examining.next()
    if (done) return { findings, setup: value }
    findings.push(value)
  }
}

/** What can be checked of a target besides its configuration, in order; what cannot is left out. Throws when time has run out or the process is stopped. */
async function* examine(
  setup: Setup,
  budget: Budget,
  flags: DoctorFlags,
  context: Context,
): AsyncGenerator<Finding> {
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
  }
}

/**
 * A finding for every check of the target with this number, whatever happens: what breaks off ends in the check that it met, what is
 * left out is skipped. Returns how many targets there are.
 */
async function* examineTarget(
  flags: DoctorFlags,
  recipe: string | undefined,
  number: number,
  context: Context,
): AsyncGenerator<Finding, number> {
  let at = 0
  let why = 'it could not be checked'
  let setup: Setup | undefined
  let budget: Budget | undefined
  const aboutTarget = (finding: Finding): Finding =>
    setup?.name === undefined ? finding : { ...finding, target: setup.name }
  const skipTo = function* (name?: string): Generator<Finding> {
    for (let next = checkNames[at]; next !== undefined && next !== name; next = checkNames[++at]) {
      yield aboutTarget(skipped(next, why))
    }
    at++
  }
  const next = function* (finding: Finding): Generator<Finding> {
    yield* skipTo(finding.name)
    if (finding.mark === 'bad') why = `not checked, since ${finding.name} has failed`
    yield aboutTarget(finding)
  }
  try {
    context.interrupted.throwIfAborted()
    // The limit of what is written too, it must be known before the first finding.
    const collected = await collectSetup(flags, recipe, number, context)
    setup = collected.setup
    budget = startBudget(context, setup?.plan.timeout.value ?? defaultTimeoutMs)
    for (const finding of collected.findings) yield* next(finding)
    if (setup) for await (const finding of examine(setup, budget, flags, context)) yield* next(finding)
  } catch (error) {
    const failure = asTriggerError(error, { kind: 'none' })
    const name = checkNames[at++] ?? 'reading'
    why = `not checked: ${failure.message}`
    yield aboutTarget(bad(name, failure))
  } finally {
    budget?.end()
  }
  yield* skipTo()
  return setup?.plan.targets.length ?? 1
}

/** A finding for every check of every target of a recipe. */
async function* examineAll(
  flags: DoctorFlags,
  recipe: string | undefined,
  context: Context,
): AsyncGenerator<Finding> {
  let count = 1
  for (let number = 0; number < count && !(number > 0 && context.interrupted.aborted); number += 1)
    count = yield* examineTarget(flags, recipe, number, context)
}

/** The error that doctor ends with; undefined where all that `run` needs is there. */
function failureOf(findings: readonly Finding[], { interrupted }: Context): TriggerError | undefined {
  if (interrupted.aborted) return asTriggerError(interrupted.reason, { kind: 'none' })
  const failed = findings.filter(({ mark }) => mark === 'bad')
  const [first] = failed
  if (!first) return undefined
  // A build that was started after all, or an internal error, is printed in full.
  const worst = failed.find(({ exit }) => exit === 'internal')
  if (worst) {
    const { exit, detail, fix, build } = worst
    return new TriggerError({ exit, message: detail, hint: fix, build })
  }
  const message = `${failed.length} of ${findings.length} checks failed, the first: ${first.name}`
  return new TriggerError({ exit: first.exit, message })
}

/**
 * Checks what `run` needs, without starting a pipeline: `gitlab-trigger doctor [recipe]`. Prints a line for each check; resolves to 0 if
 * all that is there, else throws a TriggerError with the code of the first thing that is wrong.
 */
export async function doctor(
  flags: DoctorFlags,
  recipe: string | undefined,
  context: Context,
): Promise<number> {
  const style = await styleFor(context.stdout, context.env, flags.color)
  const write = (text: string): Promise<void> =>
    context.stdout.write(text).catch((error: unknown) => {
      if (codeOf(error) === 'EPIPE') return
      const message = 'the result could not be written to standard output'
      throw new TriggerError({ exit: 'notWritten', message, cause: error })
    })
  const findings: Finding[] = []
  for await (const finding of examineAll(flags, recipe, context)) {
    const isNewTarget = finding.target !== undefined && finding.target !== findings.at(-1)?.target
    if (!flags.json && isNewTarget)
      await write(`${findings.length === 0 ? '' : '\n'}${escapeLine(finding.target ?? '')}\n`)
    findings.push(finding)
    if (!flags.json) await write(findingLines(finding, style, context))
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
