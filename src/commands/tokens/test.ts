import { startBudget, type Budget } from '../../core/budget.ts'
import { needProject } from '../../config/access.ts'
import { resolveSettings, type Settings } from '../../config/settings.ts'
import type { Plan } from '../../config/plan.ts'
import type { Setting } from '../../config/setting.ts'
import type { Context } from '../../core/context.ts'
import { asTriggerError } from '../../core/errors.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { findDialect, nonexistentRef, testTriggerToken } from '../../gitlab/trigger/probe.ts'
import { tokenKind } from '../../core/token-kind.ts'
import type { Dialect } from '../../gitlab/api/dialect.ts'
import type { Secret } from '../../core/secret.ts'
import { escapeLine } from '../../output/terminal/escape.ts'
import type { Reporter } from '../../events.ts'
import { writeText } from '../../output/reporters/text-reporter.ts'
import { beginCommand } from '../../session/begin-command.ts'
import { withCertificate } from '../../session/certificate-error.ts'
import type { TokensTestFlags } from '../../options/tokens.ts'
import { announceServer } from '../../session/settings-summary.ts'
import { findOwnToken, type OwnToken } from './find-own-token.ts'
import { jsonResultLine } from '../../session/json-result.ts'
import { postOptions, sessionOptions } from '../../session/retry-policy.ts'
import { openServer, transportOptions } from '../../session/server-client.ts'
import { warnOfUnusableApiToken } from '../../session/unusable-api-token.ts'
import { findProjectEntries } from '../../trigger/known-projects.ts'
import { describeToken, tokenObject } from './token-format.ts'

/**
 * Tests whether the trigger token that `run` would use is good for the project, without starting anything: `tokens test`. Says what kind of token it
 * is and, where an API token may read it, whose. Resolves to 0 where it is good; throws a TriggerError else.
 */
export async function tokensTest(flags: TokensTestFlags, context: Context): Promise<number> {
  const { plan: typed, report } = await beginCommand(flags, context, { readsProject: true })
  const plan = await findProjectEntries(typed, flags, context, report)
  const budget = startBudget(context, plan.timeout.value)
  try {
    const [target] = plan.targets
    needProject(target ?? { project: undefined }, plan.config)
    const ref = { value: nonexistentRef, origin: 'tokens test' }
    const whole = {
      ...plan,
      targets: plan.targets.map((each) => ({ ...each, ref, variables: [], inputs: [] })),
    }
    const [settings] = await resolveSettings(whole, flags, context, budget.signal)
    const token = settings?.token
    if (!token) throw new Error('settings without a token')
    await announceServer(settings, plan.timeout, report)
    await warnOfUnusableApiToken(settings, report)
    return await test(settings, token, plan, flags, context, budget, report).catch(async (error: unknown) => {
      const { server, project } = settings
      const about = { isRun: false, server: server.value.base, project: project.value }
      const known = asTriggerError(error, { kind: 'none' })
      const failure = known.with({ about })
      const transport = transportOptions(settings, context)
      const explained = await withCertificate(failure, settings, transport, context, budget.signal)
      if (flags.json && explained.exit === 'notAccepted') {
        const object = tokenTestResult(settings, token, { is_good: false })
        await writeText(context, jsonResultLine(object, explained.exitCode, context, explained))
      }
      throw explained
    })
  } finally {
    budget.end()
  }
}

/** The members of --json, of which `found` are known only after the test. */
function tokenTestResult(
  { server, project, isJobToken }: Settings,
  token: Setting<Secret>,
  found: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return {
    is_good: null,
    server: server.value.base,
    project: project.value,
    moved_to: null,
    api: null,
    origin: token.origin,
    kind: isJobToken ? jobTokenKind : (tokenKind(token.value.reveal()) ?? null),
    answer: null,
    token: null,
    ...found,
  }
}

const jobTokenKind = "a CI job's token"

async function test(
  settings: Settings,
  token: Setting<Secret>,
  plan: Plan,
  flags: TokensTestFlags,
  context: Context,
  budget: Budget,
  report: Reporter,
): Promise<number> {
  const { server, project, api, isJobToken } = settings
  const target = { base: server.value.base, project: project.value }
  const transport = transportOptions(settings, context)
  const retries = plan.retry.value
  const text = token.value.reveal()
  const kind = isJobToken ? jobTokenKind : tokenKind(text)
  const { session } = openServer(settings, sessionOptions(retries, context, budget, report), context)
  let dialect: Dialect
  let words: string
  let listed: OwnToken
  try {
    dialect = await findDialect(target, api.value, session)
    const order = { ...target, dialect, token: token.value, tokenOrigin: token.origin, isJobToken }
    const options = postOptions(transport, { retries, ambiguous: false }, context, budget, report)
    words = await testTriggerToken(order, options)
    listed = isJobToken
      ? {}
      : await findOwnToken(settings, text, dialect, { context, budget, report }, session)
  } finally {
    session.close()
  }
  if (listed.movedTo !== undefined) {
    const moved = `project ${project.value} has moved; its id is ${listed.movedTo}: use --project ${listed.movedTo}.`
    await report({ type: 'warned', text: moved, isGrave: true })
  }
  const { code } = exitCodes.success
  if (flags.json) {
    const object = tokenTestResult(settings, token, {
      is_good: true,
      moved_to: listed.movedTo === undefined ? null : Number(listed.movedTo),
      api: dialect.name,
      answer: words,
      token: listed.token ? { ...tokenObject(listed.token, false), is_sure: listed.isSure } : null,
    })
    await writeText(context, jsonResultLine(object, code, context))
    return code
  }
  const lines = [
    `The token from ${token.origin} is valid for project ${target.project} at ${target.base}.`,
    `It looks like ${kind ?? 'a token of an unknown kind'}.`,
    ...(listed.token
      ? [
          `${listed.isSure ? 'It is' : 'Most likely it is'} ${describeToken(listed.token, context.wallTime())}.`,
        ]
      : []),
  ]
  await writeText(context, lines.map((line) => `${escapeLine(line)}\n`).join(''))
  return code
}
