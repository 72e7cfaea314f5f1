import { startBudget } from '../budget.ts'
import { needProject } from '../config/access.ts'
import { completePlan, type Settings } from '../config/complete.ts'
import { planRun } from '../config/resolve.ts'
import type { Setting } from '../config/setting.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Dialect } from '../gitlab/dialect.ts'
import { findDialect, impossibleRef, tryTrigger } from '../gitlab/probe.ts'
import { ReadError, readerFor } from '../gitlab/read.ts'
import { tokenKind } from '../gitlab/token-kind.ts'
import { isWhole, listTokens, shortToken, type TriggerToken } from '../gitlab/trigger-tokens.ts'
import type { Listener } from '../gitlab/post.ts'
import { oneByOne } from '../http/session.ts'
import type { Secret } from '../secret.ts'
import { writeText } from '../output/text.ts'
import { reporterFor } from '../output/reporter.ts'
import { cleanLine } from '../output/clean.ts'
import { describeSettings } from './describe.ts'
import { objectLine, owingJson } from './owing-json.ts'
import { listenerFor, wayOf } from './server-access.ts'
import { describeToken, guardTokens, tokenObject } from './token-words.ts'
import type { TokenFlags } from './tokens-desk.ts'
import { mentionUntrusted } from './project-file.ts'

/** The token in the list of the project's, as far as an API token may read that; `isSure` where it is shown whole. */
async function lookUp(
  settings: Settings,
  text: string,
  dialect: Dialect,
  context: Context,
  signal: AbortSignal,
  listen: Listener,
): Promise<{ token: TriggerToken; isSure: boolean } | undefined> {
  const { server, project, apiToken } = settings
  if (!apiToken) return undefined
  const target = { base: server.value.base, project: project.value }
  const link = oneByOne(wayOf(settings, context), signal)
  const credential = { header: 'PRIVATE-TOKEN', token: apiToken.value } as const
  try {
    const tokens = await listTokens(readerFor(target, dialect, credential, link, listen))
    guardTokens(tokens, false, context)
    const same = tokens.find((each) => isWhole(each) && each.token === text)
    if (same) return { token: same, isSure: true }
    const [alike, ...others] = tokens.filter((each) => !isWhole(each) && each.token === shortToken(text))
    return alike && others.length === 0 ? { token: alike, isSure: false } : undefined
  } catch (error) {
    // Whose it is, is an offer; whether it is good has been proven.
    if (error instanceof ReadError) return undefined
    throw error
  }
}

/**
 * Tests whether the trigger token that `run` would use is good for the project, without starting anything: `tokens test`. Says what kind of token it
 * is and, where an API token may read it, whose. Resolves to 0 where it is good; throws a TriggerError else.
 */
export async function tokensTest(flags: TokenFlags, context: Context): Promise<number> {
  return owingJson(flags.json, { is_good: false }, context, async () => {
    const { verbose, color } = flags
    const report = await reporterFor(
      { ...(verbose && { verbose }), ...(color === false && { color }) },
      context,
    )
    const plan = await planRun(flags, undefined, context)
    await mentionUntrusted(plan, flags, context)
    const budget = startBudget(context, plan.timeout.value)
    try {
      const [target] = plan.targets
      needProject(target ?? { project: undefined })
      const ref = { value: impossibleRef, origin: 'tokens test' }
      const whole = {
        ...plan,
        targets: plan.targets.map((each) => ({ ...each, ref, variables: [], inputs: [] })),
      }
      const [settings] = await completePlan(whole, flags, context, budget.signal)
      if (!settings?.token) throw new Error('settings without a token')
      await report({ type: 'started', ...describeSettings(settings, plan.timeout) })
      return await test(settings, settings.token, flags, context, budget.signal, listenerFor(report))
    } finally {
      budget.end()
    }
  })
}

async function test(
  settings: Settings,
  token: Setting<Secret>,
  flags: TokenFlags,
  context: Context,
  signal: AbortSignal,
  listen: Listener,
): Promise<number> {
  const { server, project, api, jobToken } = settings
  const target = { base: server.value.base, project: project.value }
  const way = wayOf(settings, context)
  const dialect = await findDialect(target, api.value, way, signal)
  const isJobToken = token === jobToken
  const order = { ...target, dialect, token: token.value, tokenOrigin: token.origin, isJobToken }
  const words = await tryTrigger(order, way, signal)
  const kind = isJobToken ? "a CI job's token" : tokenKind(token.value.reveal())
  const whose = isJobToken
    ? undefined
    : await lookUp(settings, token.value.reveal(), dialect, context, signal, listen)
  const { code } = exitCodes.success
  if (flags.json) {
    const object = {
      is_good: true,
      server: target.base,
      project: target.project,
      api: dialect.name,
      origin: token.origin,
      kind: kind ?? null,
      answer: words,
      token: whose ? { ...tokenObject(whose.token, false), is_sure: whose.isSure } : null,
    }
    await writeText(context, objectLine(object, code, context))
    return code
  }
  const lines = [
    `The token from ${token.origin} is good for project ${target.project} at ${target.base}.`,
    `It looks like ${kind ?? 'no token of GitLab that we know'}.`,
    ...(whose
      ? [`${whose.isSure ? 'It is' : 'Most likely it is'} ${describeToken(whose.token, context.now())}.`]
      : []),
  ]
  await writeText(context, lines.map((line) => `${cleanLine(line)}\n`).join(''))
  return code
}
