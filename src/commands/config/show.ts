import { tokenSources, type TokenSources } from '../../config/credentials/token-sources.ts'
import type { RunFlags } from '../../options/run.ts'
import { chooseTlsFiles } from '../../config/access.ts'
import { givenPolicy } from '../../config/follow-plan.ts'
import { chooseProxy } from '../../config/server/proxy.ts'
import type { ServerChoice } from '../../config/server/server-choice.ts'
import { shownProxy } from '../../config/server/proxy-address.ts'
import { recipeChain, settingAt } from '../../config/layers.ts'
import { resolvePlan, type Plan, type TriggerTarget } from '../../config/plan.ts'
import { fromFlag, type Origin, type Setting } from '../../config/setting.ts'
import type { TokenSource } from '../../config/credentials/token-source.ts'
import { collectVariables } from '../../config/variables/collect-variables.ts'
import { collectInputs } from '../../config/variables/inputs.ts'
import { stdinOnce } from '../../config/credentials/stdin.ts'
import type { Context } from '../../core/context.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { escapeLine } from '../../output/terminal/escape.ts'
import { writeText } from '../../output/reporters/text-reporter.ts'
import { jsonResultLine } from '../../session/json-result.ts'
import { findProjectEntries } from '../../trigger/known-projects.ts'

/** One resolved setting; secrets are only ever `set`. */
interface Shown {
  name: string
  /** Null where nothing sets it. */
  value: string | null
  origin: Origin | null
  isSecret?: true
}

const nothing: TokenSources = { token: undefined, apiToken: undefined, jobToken: undefined }

function shown(name: string, setting: Setting<string> | undefined): Shown {
  return { name, value: setting?.value ?? null, origin: setting?.origin ?? null }
}

function secret(name: string, source: TokenSource | undefined): Shown {
  const isSet = source !== undefined && !source.isMissing
  return { name, value: isSet ? 'set' : null, origin: source?.origin ?? null, isSecret: true }
}

/** How the server is reached; what nothing sets is left out. */
function transportRows(server: ServerChoice, plan: Plan, flags: RunFlags, env: Context['env']): Shown[] {
  const proxy = chooseProxy(flags, server, env)
  const allowHttp =
    fromFlag('--allow-http', flags.allowHttp) ?? (server.entry && settingAt(server.entry, 'allowHttp'))
  const all = {
    ...chooseTlsFiles(server, plan, flags),
    proxy: proxy && { ...proxy, value: shownProxy(proxy.value) },
    allowHttp: allowHttp && { ...allowHttp, value: String(allowHttp.value) },
    insecure: fromFlag('--insecure', flags.insecure === undefined ? undefined : 'true'),
  }
  return Object.entries(all).flatMap(([name, set]) => (set ? [shown(name, set)] : []))
}

/** Whether and how the pipeline is followed. */
function followRows({ config, recipe, follow: { mode } }: Plan, flags: RunFlags): Shown[] {
  const recipes = recipe === undefined ? [] : recipeChain(config, recipe)
  return [
    shown(mode.value === 'follow' ? 'follow' : 'wait', { ...mode, value: String(mode.value !== 'no') }),
    ...givenPolicy(flags, recipes).map(([name, set]) => shown(name, set)),
  ]
}

function rowsOf(
  target: TriggerTarget,
  sources: TokenSources,
  plan: Plan,
  flags: RunFlags,
  env: Context['env'],
): Shown[] {
  const { server, project, ref, api, variables, inputs } = target
  return [
    shown('server', server && { value: server.value.base, origin: server.origin }),
    shown('project', project),
    shown('ref', ref),
    secret('token', sources.token),
    secret('apiToken', sources.apiToken),
    shown('api', api),
    shown('timeout', { value: `${plan.timeout.value / 1000}s`, origin: plan.timeout.origin }),
    shown('retry', { value: String(plan.retry.value), origin: plan.retry.origin }),
    ...(server ? transportRows(server, plan, flags, env) : []),
    shown('jobs', { value: String(plan.jobs.value), origin: plan.jobs.origin }),
    ...followRows(plan, flags),
    ...[...plan.exitCodes].map(([code, { value, origin }]) =>
      shown(`exitCodes.${code}`, { value: String(value), origin }),
    ),
    ...variables.map(({ key, value, origin }) => ({ name: `variables.${key}`, value, origin })),
    ...inputs.map(({ key, value, origin }) => ({ name: `inputs.${key}`, value, origin })),
  ]
}

function line({ name, value, origin, isSecret }: Shown): string {
  if (value === null) return `${name} = (not set${origin === null ? '' : `: ${origin}`})`
  if (isSecret) return `${name} = (set, from ${origin})`
  return `${name} = ${value}  (${origin})`
}

/**
 * Prints what `run` with the same flags and recipe would use, each value with its origin, and sends nothing: `config show`. Secrets are
 * neither read nor shown. Throws as `planRun`.
 */
export async function configShow(
  flags: RunFlags,
  recipe: string | undefined,
  context: Context,
): Promise<number> {
  const read = await resolvePlan(flags, recipe, context, undefined, 'config show')
  const plan = await findProjectEntries(read, flags, context)
  const typed = await collectVariables(flags, context, stdinOnce(context, context.interrupted))
  const inputs = collectInputs(flags)
  const targets = plan.targets.map((target) => {
    const { server, tokens } = target
    const sources = server
      ? tokenSources({ server, tokens }, plan, flags, context, context.interrupted)
      : nothing
    const all = {
      ...target,
      variables: [...target.variables.filter(({ key }) => !typed.some((each) => each.key === key)), ...typed],
      inputs: [...target.inputs.filter(({ key }) => !inputs.some((each) => each.key === key)), ...inputs],
    }
    return rowsOf(all, sources, plan, flags, context.env)
  })
  const { code } = exitCodes.success
  const text = flags.json
    ? targets.map((rows) => jsonResultLine({ settings: rows }, code, context)).join('')
    : targets.map((rows) => rows.map((row) => `${escapeLine(line(row))}\n`).join('')).join('\n')
  await writeText(context, text)
  return code
}
