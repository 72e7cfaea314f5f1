import { stat } from 'node:fs/promises'
import { serverHint } from '../../config/access.ts'
import { readCiJob } from '../../config/server/ci.ts'
import { resolveSettings, type Settings } from '../../config/settings.ts'
import type { SettingsFlags } from '../../config/settings-flags.ts'
import { findConfig, type Config } from '../../config/files/find-config.ts'
import type { DoctorFlags } from '../../options/setup.ts'
import { namesOf } from '../../config/layers.ts'
import { resolvePlan, type Plan, type TriggerTarget } from '../../config/plan.ts'
import { checkoutFlags, suggestedTarget } from '../../config/project/checkout-target.ts'
import { resolveServer } from '../../config/project/project-choice.ts'
import type { ServerChoice } from '../../config/server/server-choice.ts'
import type { Setting } from '../../config/setting.ts'
import type { Context } from '../../core/context.ts'
import { TriggerError, usageError } from '../../core/errors.ts'
import { nonexistentRef } from '../../gitlab/trigger/probe.ts'
import { findProjectEntries } from '../../trigger/known-projects.ts'
import { bad, good, skipped, warning, type Finding } from './finding.ts'

/** What could be made of flags, environment and files. */
export interface Setup {
  plan: Plan
  target: TriggerTarget
  /** The project and ref of the target where a recipe has several; undefined for the only one. */
  name: string | undefined
  /** Without tokens, which may not be there; undefined without a server. */
  settings: Settings | undefined
  /** No server was chosen, and the files have some whose entries may hold what is missing. */
  isOpen: boolean
  /** What names the project of the checkout, as a hint; undefined where nothing is missing or there is no checkout. */
  ofCheckout: string | undefined
}

/** The value, or the TriggerError that it ended with. */
export async function attempt<T>(work: () => T | Promise<T>): Promise<T | TriggerError> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof TriggerError) return error
    throw error
  }
}

async function describeFile({ path }: { path: string }, context: Context): Promise<string> {
  if (context.uid === undefined) return path
  const mode = await stat(path).then(
    (stats) => (stats.mode & 0o777).toString(8).padStart(4, '0'),
    () => '?',
  )
  return `${path} (mode ${mode})`
}

async function checkConfig(flags: DoctorFlags, { searched }: Config, context: Context): Promise<Finding> {
  if (flags.config === false) return good('config', 'no file is read (--no-config)')
  const used = searched.filter(({ state }) => state === 'used')
  const files = await Promise.all(used.map((each) => describeFile(each, context)))
  const detail = files.length === 0 ? 'no file exists; none is needed' : files.join(', ')
  const unused = searched.find(({ state }) => state === 'not trusted' || state === 'ignored in CI')
  if (!unused) return good('config', detail)
  const fix =
    unused.state === 'not trusted'
      ? 'To trust it, run: gitlab-trigger config trust'
      : 'In CI, name it with --config.'
  return warning('config', `${detail}; ${unused.path} is ${unused.state}`, fix)
}

function checkServer(
  server: ServerChoice | undefined,
  config: Config,
  ofCheckout: string | undefined,
): Finding {
  if (!server) return bad('server', usageError('no server given', ofCheckout ?? serverHint(config)))
  const { value, origin, name } = server
  const detail = `${name === undefined ? '' : `${name}: `}${value.base} (${origin})`
  if (value.isHttps) return good('server', detail)
  if (value.isLoopback) return good('server', `${detail}, plain http on this machine`)
  return warning(
    'server',
    `${detail}: plain http sends the token unencrypted`,
    'Use https if the server has it.',
  )
}

function checkSettings({ plan, target, isOpen, ofCheckout }: Setup): Finding {
  const { project, ref, api } = target
  const show = (name: string, setting: Setting<string> | undefined): string[] =>
    setting ? [`${name} ${setting.value} (${setting.origin})`] : []
  // Most people type it each time.
  const refs = ref ? show('ref', ref) : ['no ref (run needs --ref)']
  const detail = [...show('project', project), ...refs, ...show('API', api)].join(', ')
  if (project && !ref && plan.recipe !== undefined)
    return bad(
      'settings',
      usageError(`the recipe "${plan.recipe}" names no ref`, 'Add its key ref, or type --ref.'),
    )
  if (project) return good('settings', detail)
  if (isOpen) return skipped('settings', "the project may be in the server's entry")
  const hint = 'Use --project with its number or path, or set GITLAB_TRIGGER_PROJECT.'
  return bad('settings', usageError('no project given', ofCheckout ?? hint))
}

function omit<T extends object>(value: T, keys: RegExp): T {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.test(key))) as T
}

const tokenKeys = /^(token|apiToken)/

/** Everything except the tokens, which are checked separately; project and ref are made up where they are missing. */
async function settingsWithoutTokens(
  plan: Plan,
  target: TriggerTarget,
  flags: DoctorFlags,
  context: Context,
): Promise<Settings | undefined> {
  const { server } = target
  if (!server) return undefined
  const entry = server.entry && { ...server.entry, data: omit(server.entry.data, tokenKeys) }
  const origin = 'doctor'
  const bare: Plan = {
    ...plan,
    ci: plan.ci && { ...plan.ci, jobToken: undefined },
    targets: [
      {
        ...target,
        server: { ...server, entry },
        project: target.project ?? { value: '0', origin },
        ref: target.ref ?? { value: nonexistentRef, origin },
      },
    ],
  }
  const env = omit(context.env, /^GITLAB_TRIGGER_(API_)?TOKEN/)
  const wanted: SettingsFlags = { ...omit(flags, tokenKeys), curl: true }
  const [settings] = await resolveSettings(bare, wanted, { ...context, env }, context.interrupted)
  return settings
}

/** How to name the project of the checkout, where server or project is missing: it is said, never taken. */
async function hintOfCheckout(
  plan: Plan,
  target: TriggerTarget,
  context: Context,
): Promise<string | undefined> {
  const found = await suggestedTarget(target, plan, context)
  return found && `In this checkout: ${checkoutFlags(found)}`
}

/** The project and ref of a target, for people. */
const nameOf = ({ project, ref }: TriggerTarget): string =>
  `${project?.value ?? 'no project'} on ${ref?.value ?? 'no ref'}`

/**
 * Checks what is known before anything is sent: files, server, settings, of a recipe those of the target with this number.
 * Returns undefined where they cannot be used.
 */
export async function* examineSetup(
  flags: DoctorFlags,
  recipe: string | undefined,
  number: number,
  context: Context,
): AsyncGenerator<Finding, Setup | undefined> {
  const config = await attempt(() => findConfig(flags, context))
  if (config instanceof TriggerError) {
    yield bad('config', config)
    return undefined
  }
  const { unseen } = config
  yield unseen ? warning('config', unseen.message, unseen.hint) : await checkConfig(flags, config, context)
  const planned = await attempt(async () =>
    findProjectEntries(await resolvePlan(flags, recipe, context, undefined, 'doctor'), flags, context, () =>
      Promise.resolve(),
    ),
  )
  const target = planned instanceof TriggerError ? undefined : planned.targets[number]
  // Of a plan that cannot be made the server may be known all the same.
  const server = target
    ? target.server
    : await attempt(() => resolveServer(flags, context.env, config, [], readCiJob(context.env)))
  const ofCheckout =
    planned instanceof TriggerError || !target ? undefined : await hintOfCheckout(planned, target, context)
  yield server instanceof TriggerError ? bad('server', server) : checkServer(server, config, ofCheckout)
  if (server instanceof TriggerError) return undefined
  const setup = await attempt(async (): Promise<Setup | undefined> => {
    if (planned instanceof TriggerError) throw planned
    const isOpen = server === undefined && namesOf(config, 'servers').length > 0
    const name = target && planned.targets.length > 1 ? nameOf(target) : undefined
    const settings = target && (await settingsWithoutTokens(planned, target, flags, context))
    return target && { plan: planned, target, name, settings, isOpen, ofCheckout }
  })
  if (setup instanceof TriggerError) yield bad('settings', setup)
  else if (setup) yield checkSettings(setup)
  return setup instanceof TriggerError ? undefined : setup
}
