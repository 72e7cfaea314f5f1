import { stdinOnce } from '../../config/credentials/stdin.ts'
import { givenApiToken, givenToken } from '../../config/credentials/token-source.ts'
import type { ConfigFile } from '../../config/files/config-file.ts'
import { fromEnv, type Setting } from '../../config/setting.ts'
import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import type { LoginFlags } from '../../options/login.ts'

/** Whether the flags bring a trigger token, or say how to get one. */
export const bringsToken = ({ tokenFile, tokenStdin, createToken }: LoginFlags): boolean =>
  tokenFile !== undefined || tokenStdin === true || createToken === true

/** The flags, with the address that the environment gives where there is none. */
export function withServerOf(flags: LoginFlags, { env }: Pick<Context, 'env'>): LoginFlags {
  const url = flags.url ?? fromEnv(env, 'GITLAB_TRIGGER_SERVER')?.value
  return url?.includes('://') ? { ...flags, url } : flags
}

/** The flags, with the address of the entry that they name where they give none. */
export function withUrlOfEntry(flags: LoginFlags, { data }: ConfigFile): LoginFlags {
  const entry = Object.entries(data.servers ?? {}).find(([name]) => name === flags.name)?.[1]
  return flags.url === undefined && entry?.url !== undefined ? { ...flags, url: entry.url } : flags
}

/** Whether the flags say all that is needed, so that nothing has to be asked. */
export const isComplete = (flags: LoginFlags): boolean =>
  flags.url !== undefined && flags.project !== undefined && bringsToken(flags)

/** Whether the entry that flags name, by name or address, has an API token already. */
function hasApiToken({ url, name, apiTokenFile }: LoginFlags, { data }: ConfigFile): boolean {
  if (apiTokenFile !== undefined) return true
  const entries = Object.entries(data.servers ?? {})
  const entry = entries.find(([key, each]) => (name === undefined ? each.url === url : key === name))
  return Object.keys(entry?.[1] ?? {}).some((key) => key.startsWith('apiToken'))
}

/** Throws a usage error that names all that is missing where no user can be asked. */
export function refuseMissing(flags: LoginFlags, file: ConfigFile): void {
  const { url, project, apiTokenFile, createToken } = flags
  const missing = [
    url === undefined && '--url https://gitlab.example.com',
    project === undefined && bringsToken(flags) && '--project with its number or path',
    !bringsToken(flags) &&
      (project !== undefined || apiTokenFile === undefined) &&
      '--token-stdin, --token-file PATH or --create-token',
    createToken && !hasApiToken(flags, file) && '--api-token-file PATH (for --create-token)',
  ].filter((each) => typeof each === 'string')
  if (missing.length === 0) return
  throw usageError(
    `login: there is no terminal to ask at, and ${missing.length === 1 ? 'this is' : 'these are'} missing: ${missing.join('; ')}`,
    'At a terminal, gitlab-trigger login asks for each.',
  )
}

/** Throws a usage error for flags that contradict each other. */
export function refuseContradictions({ createToken, tokenFile, tokenStdin }: LoginFlags): void {
  if (createToken && (tokenFile !== undefined || tokenStdin))
    throw usageError(
      '--create-token and a trigger token of your own cannot be used together',
      'Give one of them.',
    )
}

/** The tokens that flags name. Throws usage and configuration errors. */
export async function tokensOfFlags(
  flags: LoginFlags,
  context: Context,
): Promise<{ apiToken: Setting<Secret> | undefined; token: Setting<Secret> | undefined }> {
  const { tokenFile, tokenStdin, apiTokenFile } = flags
  const own = {
    ...(tokenFile !== undefined && { tokenFile }),
    ...(tokenStdin && { tokenStdin }),
    ...(apiTokenFile !== undefined && { apiTokenFile }),
  }
  const hasToken = tokenFile !== undefined || tokenStdin
  const token = hasToken ? givenToken(own, context, stdinOnce(context, context.interrupted)) : undefined
  const apiToken = apiTokenFile === undefined ? undefined : givenApiToken(own, context)
  return {
    apiToken: apiToken && { value: await apiToken.read(), origin: apiToken.origin },
    token: token && { value: await token.read(), origin: token.origin },
  }
}
