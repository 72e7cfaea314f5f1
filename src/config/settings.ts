import type { Context } from '../core/context.ts'
import { codeOf, TriggerError, usageError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { isJobToken as isJobTokenText } from '../core/token-kind.ts'
import type { ServerSettings } from './access.ts'
import { checkTarget } from './complete-target.ts'
import { collectInputs, type Input } from './variables/inputs.ts'
import { refuseWithoutTriggerToken } from './refuse-without-token.ts'
import { refuseUnseen, type Plan, type TriggerTarget } from './plan.ts'
import { markerFor, refuseMarker } from './variables/marker.ts'
import type { Setting } from './setting.ts'
import type { SettingsFlags } from './settings-flags.ts'
import { sharedReads, type ReadToken, type SharedReads } from './shared-reads.ts'
import { isTokenGiven } from './credentials/is-token-given.ts'
import type { TokenSpot } from './credentials/token-source.ts'
import { tokenSources, type TokenSources } from './credentials/token-sources.ts'
import { checkLimits, type Variable } from './variables/variable.ts'

/** Everything that one trigger needs, each value with its origin. */
export interface Settings extends ServerSettings {
  project: Setting<string>
  ref: Setting<string>
  /** Undefined only for --curl, which needs none. */
  token: Setting<Secret> | undefined
  /** Only for --curl: where the line of this target finds its token. */
  tokenAt?: TokenSpot
  /** Whether the token is that of a CI job, wherever it came from. */
  isJobToken: boolean
  variables: Variable[]
  inputs: Input[]
  /** Why the API token of the config is not used: nothing has asked for one, and what is there is none. */
  unusableApiToken: TriggerError | undefined
}

/**
 * Reads the API token. It is required if it was given explicitly or a flag reads pipelines. Otherwise it only
 * helps to find a pipeline after a lost response: then no program is run for it, and an error does not end the run. A file that does not
 * exist on this machine is ignored; `unusable` is called with any other error.
 */
async function readApiToken(
  source: TokenSources['apiToken'],
  plan: Plan,
  flags: SettingsFlags,
  read: ReadToken,
  unusable: (error: TriggerError) => void,
): Promise<Setting<Secret> | undefined> {
  if (
    plan.jobs.value ||
    plan.follow.mode.value !== 'no' ||
    flags.verify ||
    flags.resume ||
    flags.everywhere ||
    flags.expectSha ||
    flags.skipIfRunning ||
    flags.onlyIfChanged ||
    source?.isGiven
  )
    return read(source)
  if (flags.verify === false || flags.curl || source?.program !== undefined) return undefined
  return read(source).catch((error: unknown) => {
    if (!(error instanceof TriggerError)) throw error
    if (!source?.isMissing && !['ENOENT', 'ENOTDIR'].includes(codeOf(error.cause)))
      unusable(error.with({ message: `${source?.key ?? ''} is not used: ${error.message}` }))
    return undefined
  })
}

function mergeByKey<T extends { key: string }>(base: readonly T[], overrides: readonly T[]): T[] {
  if (overrides.length === 0) return [...base]
  return [...new Map([...base, ...overrides].map((each) => [each.key, each])).values()]
}

/**
 * Completes and checks the settings of each target: reads the files, the standard input and the secrets that
 * flags and config name. Throws usage errors (exit 2) and configuration errors (exit 14), all before anything
 * is sent.
 */
export function resolveSettings(
  plan: Plan,
  flags: SettingsFlags,
  context: Context,
  signal: AbortSignal,
): Promise<Settings[]> {
  return settingsOf(plan, flags, context, sharedReads(flags, context, signal))
}

/**
 * The same, for one of many targets that share what is read. `isTyped` tells which of the typed variables and inputs a
 * target takes; by default it takes all.
 */
export async function settingsOf(
  plan: Plan,
  flags: SettingsFlags,
  context: Context,
  { signal, stdin: readStdin, token: read, variables, transport }: SharedReads,
  isTyped: (kind: 'variables' | 'inputs', key: string) => boolean = () => true,
): Promise<Settings[]> {
  if (plan.targets.some(({ ref }) => !ref)) refuseUnseen(plan.config)
  const targets = plan.targets.map((target) =>
    checkTarget(target, mayHaveToken(target, plan, flags, context), plan.config),
  )
  const all = targets.map((target) => ({
    target,
    sources: tokenSources(target, plan, flags, context, signal, readStdin),
  }))
  for (const { target, sources } of all)
    if (!sources.token && !flags.curl) refuseWithoutTriggerToken(target, plan)
  const typedInputs = collectInputs(flags).filter(({ key }) => isTyped('inputs', key))
  const credentials = []
  for (const { target, sources } of all) {
    const token = flags.curl ? undefined : await read(sources.token)
    const spot = flags.curl && sources.token?.at ? { tokenAt: sources.token.at } : {}
    const isJobToken = token !== undefined && isJobTokenText(token.value.reveal(), context.env)
    const ownJobToken = sources.jobToken === sources.token ? token : await read(sources.jobToken)
    let unusableApiToken: TriggerError | undefined
    const apiToken = await readApiToken(sources.apiToken, plan, flags, read, (error) => {
      unusableApiToken = error
    })
    // Any job's token reads by itself, as the one of this job does.
    const jobToken = ownJobToken ?? (isJobToken ? token : undefined)
    credentials.push({ target, tokens: { token, ...spot, isJobToken, apiToken, unusableApiToken, jobToken } })
  }
  const typed = (await variables()).filter(({ key }) => isTyped('variables', key))
  const settings: Settings[] = []
  for (const { target, tokens } of credentials) {
    const { project, ref, server } = target
    const way = await transport(server, plan)
    const given = mergeByKey(target.variables, typed)
    const inputs = mergeByKey(target.inputs, typedInputs)
    const identity = { project: project.value, ref: ref.value, variables: given, inputs }
    const marker = markerFor(flags, context, identity, tokens.apiToken !== undefined)
    const variables = [...refuseMarker(given, marker), ...marker]
    checkLimits(variables, inputs)
    if (target.api.value === 'v3' && inputs.length > 0) {
      throw usageError(
        `${inputs[0]?.origin ?? ''}: inputs came with GitLab 17.11; API v3 has none`,
        'Use --var, or --api v4.',
      )
    }
    // To spread several objects into one takes V8 of Node 20 70 µs, and a batch does it for each of its targets.
    settings.push(Object.assign(Object.assign({}, target, tokens, way), { variables, inputs }))
  }
  return settings
}

/** Whether a trigger token comes from anywhere, as far as that is known without a server; --curl needs none. */
function mayHaveToken(
  { tokens }: TriggerTarget,
  { ci }: Plan,
  flags: SettingsFlags,
  context: Context,
): boolean {
  return (
    flags.curl !== undefined ||
    isTokenGiven(flags, context) ||
    ci?.jobToken !== undefined ||
    tokens.length > 0
  )
}
