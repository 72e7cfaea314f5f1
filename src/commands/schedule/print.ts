import { startBudget } from '../../core/budget.ts'
import { refuseSameTargets } from '../../batch/check/same-trigger.ts'
import { resolveSettings } from '../../config/settings.ts'
import type { RunFlags } from '../../options/run.ts'
import type { ScheduleFlags } from '../../options/schedule.ts'
import { resolvePlan, type Plan } from '../../config/plan.ts'
import { fromEnv } from '../../config/setting.ts'
import { variableNotices, type VariableNotice } from '../../config/variables/notices.ts'
import { parseServerUrl } from '../../config/server/server-url.ts'
import type { Context } from '../../core/context.ts'
import { defaultReportFile } from '../../core/defaults.ts'
import { usageError } from '../../core/errors.ts'
import { rulesOf } from '../../core/system/platforms.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { sayTo } from '../../output/terminal/wrap-words.ts'
import { writeForm } from '../../output/reporters/text-reporter.ts'
import { localZone, parseZone, describeSchedule } from '../../schedule/spoken.ts'
import { programSource, type SourceKind } from '../../schedule/published.ts'
import { parseWhen } from '../../schedule/when.ts'
import { parseScheduleName, scheduleName } from '../../schedule/name.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'
import { findProjectEntries } from '../../trigger/known-projects.ts'
import { withCheckoutFlags } from '../../session/checkout/with-checkout-flags.ts'
import { beyondCurl } from '../../session/request-preview.ts'
import { leftBehind, refuseLocalFiles, remoteCommand } from './remote-command.ts'
import { forms } from './formats.ts'
import { type ScheduleFormat } from './order.ts'
import { type FormatRow } from './order.ts'
import { type ScheduleOrder } from './order.ts'
import { missedVariables, refuseLocalEnvironment, tokenPlace, type TokenPlace } from './local-command.ts'
import { refuseToken, unusedTokenFile } from './refuse-token.ts'
import { refuseIneffective, refuseSecrets } from './validate.ts'

async function say({ stderr }: Context, text: string): Promise<void> {
  await sayTo(stderr, text).catch(() => undefined)
}

/** A GitLab CI job needs no server: it uses its own. */
function withServer(plan: Plan, form: ScheduleFormat): { plan: Plan; isOwnServer: boolean } {
  const isOwnServer = form === 'gitlab-ci' && plan.targets.every(({ server }) => !server)
  if (!isOwnServer) return { plan, isOwnServer }
  const value = parseServerUrl('https://gitlab.invalid', 'CI_SERVER_URL')
  const server = { value, origin: 'CI_SERVER_URL', name: undefined, entry: undefined, trust: 'full' } as const
  return { plan: { ...plan, targets: plan.targets.map((target) => ({ ...target, server })) }, isOwnServer }
}

function nameOf(recipe: string | undefined, { targets }: Plan): string {
  const identity = targets.map(({ server, project, ref }) => ({
    server: server?.value.base ?? '',
    project: project?.value ?? '',
    ref: ref?.value ?? '',
  }))
  return scheduleName({ recipe, targets: identity })
}

/** Checks everything about the trigger as before sending it, except for its token. Resolves to what a run would say about its variables. */
async function check(flags: RunFlags, plan: Plan, context: Context): Promise<VariableNotice[]> {
  const budget = startBudget(context, plan.timeout.value)
  const typed = flags.var ?? []
  const isPair = (text: string): boolean => text.includes('=')
  try {
    const checked = { ...flags, ...(flags.var && { var: typed.filter(isPair) }), curl: true } as const
    const targets = await resolveSettings(plan, checked, context, budget.signal).catch(
      async (error: unknown) => {
        throw await withCheckoutFlags(error, plan, context)
      },
    )
    if (targets.length > 1) await refuseSameTargets(plan, targets, context)
    // What these are is known only when it runs.
    const named = typed.filter((text) => !isPair(text)).map((key) => ({ key, value: '' }))
    return variableNotices([...targets, { variables: named, inputs: [] }])
  } finally {
    budget.end()
  }
}

async function printTokenFiles(order: ScheduleOrder): Promise<void> {
  for (const place of [order.tokens.token, order.tokens.apiToken]) {
    if (!place?.isAssumed) continue
    const what = place.name === 'gitlab_trigger_token' ? 'trigger token' : 'API token'
    const path = shellQuote(place.path)
    await say(order.context, `The ${what} is read from ${path}: (umask 077; printf %s "$TOKEN" > ${path})`)
  }
}

/** What counts where no time zone was or can be chosen. */
function isMachinesClock({ zone, isElsewhere }: FormatRow, timezone: string | undefined): boolean {
  return timezone === undefined && (zone === 'local' || !isElsewhere)
}

/** What the config files say about where the program comes from. */
function fromFiles({ config }: Plan, kind: SourceKind): string | undefined {
  return config.files.map(({ data }) => data[kind]).find((name) => name !== undefined)
}

/** Whether the run reads from GitLab, and so wants an API token. */
function reads(flags: RunFlags, plan: Plan): boolean {
  const isTyped = [flags.apiTokenFile, flags.verify, flags.skipIfRunning, flags.onlyIfChanged].some(Boolean)
  return isTyped || plan.jobs.value || plan.follow.mode.value !== 'no'
}

/**
 * Prints a trigger as something that runs it unattended: `schedule <form> [recipe]`. Never prints a secret. Sends nothing. On stderr: the time
 * in words, and what is to be done besides it. Throws usage errors (exit 2) and configuration errors (exit 14).
 */
export async function schedule(
  form: ScheduleFormat,
  typed: ScheduleFlags,
  recipe: string | undefined,
  context: Context,
): Promise<number> {
  const { at, timezone, name, image: typedImage, package: typedPackage, ...rest } = typed
  const flags: RunFlags = form === 'gitlab-ci' ? { dotenv: defaultReportFile, ...rest } : rest
  const row = forms[form]
  if (timezone !== undefined && row.zone !== undefined)
    throw usageError(`--timezone: ${form} knows only ${row.zone === 'UTC' ? 'UTC' : "the machine's"}`)
  const zone = timezone === undefined ? (row.zone === 'UTC' ? 'UTC' : localZone()) : parseZone(timezone)
  const expression = at ?? row.at
  const when = expression === undefined ? undefined : parseWhen(expression)
  refuseLocalEnvironment(flags, row.isCi === true || (form === 'curl' && !when))
  const read = await resolvePlan(flags, recipe, context, undefined, `schedule ${form}`)
  const planned = await findProjectEntries(read, flags, context)
  const { plan, isOwnServer } = withServer(planned, form)
  if (row.isElsewhere && form !== 'curl') refuseLocalFiles(flags, plan, row.isCi === true)
  refuseIneffective(flags, plan, context)
  const notices = await check(flags, plan, context)
  const typedSource = row.gets === 'image' ? typedImage : typedPackage
  const source = row.gets && programSource(row.gets, typedSource, fromFiles(plan, row.gets))
  const shown = { ...flags, ...(source && { [source.kind]: source.name }) }
  refuseSecrets(shown, plan, context, row.isElsewhere === true)
  refuseToken(flags, form)
  const place = (kind: 'token' | 'apiToken'): TokenPlace =>
    tokenPlace(kind, flags, plan, context, row.isElsewhere === true)
  const [first] = plan.targets
  const about = recipe ?? `project ${first?.project?.value ?? ''} on ${first?.ref?.value ?? ''}`
  const order: ScheduleOrder = {
    flags,
    recipe,
    plan,
    context,
    when,
    zone,
    isOwnZone: timezone === undefined,
    source: source?.name ?? '',
    tokens: {
      token: place('token'),
      apiToken: form !== 'curl' && reads(flags, plan) ? place('apiToken') : undefined,
    },
    job: {
      name: name === undefined ? nameOf(recipe, plan) : parseScheduleName(name),
      about,
      commands: row.isElsewhere
        ? plan.targets.map((target) => remoteCommand(flags, plan, target, isOwnServer))
        : [],
      reads: reads(flags, plan),
    },
  }
  await writeForm(context, await row.print(order))
  const foreign = form === 'cron' || form === 'systemd' ? rulesOf(context).foreignForms[form] : undefined
  if (foreign !== undefined) await say(context, foreign)
  for (const { type, text } of notices) await say(context, type === 'warned' ? `warning: ${text}` : text)
  if (when) await say(context, describeSchedule(when, zone, context.wallTime()))
  if (when && isMachinesClock(row, timezone) && fromEnv(context.env, 'TZ'))
    await say(context, "The machine's own time zone applies there, not TZ of this environment.")
  if (row.replaces !== undefined)
    await say(
      context,
      `This replaces ${row.replaces} named ${order.job.name}, if there is one. For a second one of the same ref, add --name NAME.`,
    )
  if (!row.isCi) await printTokenFiles(order)
  const unusedFile = unusedTokenFile(flags, form)
  if (unusedFile !== undefined) await say(context, unusedFile)
  const left = row.isElsewhere && form !== 'curl' ? leftBehind(flags, plan) : []
  for (const sentence of left) await say(context, sentence)
  const unable = form === 'curl' ? beyondCurl(flags) : []
  if (unable.length > 0) await say(context, `A curl line cannot do ${unable.join(', ')}.`)
  const missed = row.isElsewhere ? [] : missedVariables(context)
  if (missed.length > 0)
    await say(context, `The scheduled run will not have ${missed.join(', ')}: use flags or the config file.`)
  if (source?.isPublished === false)
    await say(
      context,
      `No registry has the ${source.kind} ${source.name} yet. Create it (docs/packaging.md) and name yours: --${source.kind} NAME.`,
    )
  return exitCodes.success.code
}
