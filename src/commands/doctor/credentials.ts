import { tokenSources, type TokenSources } from '../../config/credentials/token-sources.ts'
import type { DoctorFlags } from '../../options/setup.ts'
import type { Setting } from '../../config/setting.ts'
import { stdinOnce } from '../../config/credentials/stdin.ts'
import { givenApiToken, givenToken, type TokenSource } from '../../config/credentials/token-source.ts'
import type { Context } from '../../core/context.ts'
import { TriggerError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { attempt, type Setup } from './check-setup.ts'

/** A token that was read, or why it cannot be; undefined where none is given. */
export type TokenOrError = Setting<Secret> | TriggerError | undefined

/** All tokens of a run. */
export interface Credentials {
  token: TokenOrError
  apiToken: TokenOrError
  jobToken: Setting<Secret> | undefined
}

function readOrError(source: TokenSource | undefined): Promise<TokenOrError> {
  return attempt(async () => source && { value: await source.read(), origin: source.origin })
}

/** Reads the tokens that `run` would read. What is wrong with one of them is kept for its own check. */
export async function readCredentials(
  setup: Setup,
  flags: DoctorFlags,
  context: Context,
  signal: AbortSignal,
): Promise<Credentials> {
  const { plan, target } = setup
  const readStdin = stdinOnce(context, signal)
  const sources = await attempt((): TokenSources =>
    target.server
      ? tokenSources(
          { server: target.server, tokens: target.tokens },
          plan,
          flags,
          context,
          signal,
          readStdin,
        )
      : {
          token: givenToken(flags, context, readStdin),
          apiToken: givenApiToken(flags, context),
          jobToken: undefined,
        },
  )
  if (sources instanceof TriggerError) return { token: sources, apiToken: undefined, jobToken: undefined }
  const token = await readOrError(sources.token)
  const job = sources.jobToken === sources.token ? token : await readOrError(sources.jobToken)
  const jobToken = job instanceof TriggerError ? undefined : job
  return { token, apiToken: await readOrError(sources.apiToken), jobToken }
}
