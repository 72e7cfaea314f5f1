import type { Context } from '../core/context.ts'
import { codeOf, TriggerError, usageError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { isJobToken } from '../core/token-kind.ts'
import { readTransport, resolveToken, type ServerSettings } from './access.ts'
import { checkTarget } from './complete-target.ts'
import type { RunFlags } from '../options/run.ts'
import type { CredentialFlags, TransportFlags } from '../options/shared.ts'
import { collectInputs, type Input } from './variables/inputs.ts'
import { refuseUnseen, type Plan } from './plan.ts'
import { markerFor, refuseMarker } from './variables/marker.ts'
import type { Setting } from './setting.ts'
import { stdinOnce } from './credentials/stdin.ts'
import { refuseForeignTokens, tokenSources, type TokenSources } from './credentials/token-sources.ts'
import { checkLimits, type Variable } from './variables/variable.ts'
import { collectVariables } from './variables/collect-variables.ts'

/** Everything that one trigger needs, each value with its origin. */
export interface Settings extends ServerSettings {
  project: Setting<string>
  ref: Setting<string>
  /** Undefined only for --curl, which needs none. */
  token: Setting<Secret> | undefined
  /** Whether the token is that of a CI job, wherever it came from. */
  isJobToken: boolean
  variables: Variable[]
  inputs: Input[]
  /** Why the API token of the config is not used: nothing has asked for one, and what is there is none. */
  unusableApiToken: TriggerError | undefined
}

/** The flags of a trigger that are not part of the plan. */
export type SettingsFlags = CredentialFlags &
  TransportFlags &
  Pick<RunFlags, 'var' | 'varFile' | 'varsFrom' | 'allowEmptyVars' | 'input' | 'inputJson'> &
  Pick<
    RunFlags,
    'verify' | 'resume' | 'everywhere' | 'marker' | 'expectSha' | 'skipIfRunning' | 'onlyIfChanged'
  > &
  Pick<RunFlags, 'curl' | 'dryRun'>

/**
 * Reads the API token. It is required if it was given explicitly or a flag reads pipelines. Otherwise it only
 * helps to find a pipeline after a lost response: then no program is run for it, and errors are no end. What is not on this
 * machine, as a file that another one has, is not missed; `unusable` is told of anything else.
 */
async function readApiToken(
  source: TokenSources['apiToken'],
  plan: Plan,
  flags: SettingsFlags,
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
    return resolveToken(source)
  if (flags.verify === false || flags.curl || source?.isProgram) return undefined
  return resolveToken(source).catch((error: unknown) => {
    if (!(error instanceof TriggerError)) throw error
    if (!source?.isMissing && !['ENOENT', 'ENOTDIR'].includes(codeOf(error.cause)))
      unusable(error.with({ message: `${source?.key ?? ''} is not used: ${error.message}` }))
    return undefined
  })
}

function mergeByKey<T extends { key: string }>(base: readonly T[], overrides: readonly T[]): T[] {
  return [...new Map([...base, ...overrides].map((each) => [each.key, each])).values()]
}

/**
 * Completes and checks the settings of each target: reads the files, the standard input and the secrets that
 * flags and config name. Throws usage errors (exit 2) and configuration errors (exit 14), all before anything
 * is sent.
 */
export async function resolveSettings(
  plan: Plan,
  flags: SettingsFlags,
  context: Context,
  signal: AbortSignal,
): Promise<Settings[]> {
  if (plan.targets.some(({ ref }) => !ref)) refuseUnseen(plan.config)
  const targets = plan.targets.map((target) => checkTarget(target, plan.config))
  const [first] = targets
  if (!first) return []
  const { server } = first
  const typedInputs = collectInputs(flags)
  const readStdin = stdinOnce(context, signal)
  const sources = tokenSources(server, plan, flags, context, signal, readStdin)
  if (!sources.token && !flags.curl) {
    refuseUnseen(plan.config)
    refuseForeignTokens(server, plan)
    throw usageError('no token given', 'Set GITLAB_TRIGGER_TOKEN, or use --token-file PATH or --token-stdin.')
  }
  const token = flags.curl ? undefined : await resolveToken(sources.token)
  const isJob = token !== undefined && isJobToken(token.value.reveal(), context.env)
  const ownJobToken = sources.jobToken === sources.token ? token : await resolveToken(sources.jobToken)
  // Any job's token reads by itself, as the one of this job does.
  const jobToken = ownJobToken ?? (isJob ? token : undefined)
  let unusableApiToken: TriggerError | undefined
  const apiToken = await readApiToken(sources.apiToken, plan, flags, (error) => {
    unusableApiToken = error
  })
  const typed = await collectVariables(flags, context, readStdin)
  const transport = await readTransport(server, plan, flags, context)
  return targets.map((target) => {
    const { project, ref } = target
    const given = mergeByKey(target.variables, typed)
    const inputs = mergeByKey(target.inputs, typedInputs)
    const identity = { project: project.value, ref: ref.value, variables: given, inputs }
    const marker = markerFor(flags, context, identity, apiToken !== undefined)
    const variables = [...refuseMarker(given, marker), ...marker]
    checkLimits(variables, inputs)
    if (target.api.value === 'v3' && inputs.length > 0) {
      throw usageError(
        `${inputs[0]?.origin ?? ''}: inputs came with GitLab 17.11; API v3 has none`,
        'Use --var, or --api v4.',
      )
    }
    const tokens = { token, isJobToken: isJob, apiToken, unusableApiToken, jobToken }
    return { ...target, variables, inputs, ...tokens, ...transport }
  })
}
