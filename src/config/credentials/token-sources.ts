import type { Context } from '../../core/context.ts'
import { configError, usageError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { isJobToken, tokenPurpose } from '../../core/token-kind.ts'
import type { CiJob } from '../server/ci.ts'
import type { CredentialFlags } from '../../options/shared.ts'
import { namesOf, serverNamed } from '../layers.ts'
import type { Plan } from '../plan.ts'
import { urlOf, type ServerChoice } from '../server/server-choice.ts'
import type { ServerUrl } from '../server/server-url.ts'
import { stdinOnce, type ReadStdin } from './stdin.ts'
import { jobTokenAsApiToken, type TokenUse } from './parse-token.ts'
import type { TokenNode } from './target-tokens.ts'
import { entryToken } from './entry-token.ts'
import { givenApiToken, givenToken, type TokenSource } from './token-source.ts'

/** Whether a server is the one that runs this CI job: same scheme, host, port and path prefix. */
export function isOwnServer(server: ServerUrl, ci: CiJob | undefined): boolean {
  return ci?.server?.value.base === server.base
}

/** The sources of all tokens of a target. */
export interface TokenSources {
  token: TokenSource | undefined
  apiToken: TokenSource | undefined
  jobToken: TokenSource | undefined
}

/** Throws if a token from flags or environment would go to a server chosen by the checkout's file (docs/guarantees.md#T17). */
function refuseLessTrusted(given: TokenSource | undefined, server: ServerChoice): void {
  if (!given || server.trust === 'full') return
  throw configError(
    `the server (${server.value.base}) was chosen by ${server.origin}, which is less trusted than where the token comes from (${given.origin})`,
    'The source of the server must be at least as trusted as the source of the token: name the server with --server, or store the token in its entry.',
  )
}

/**
 * The same source with the rules for job tokens, which are known by their text, not by where it came from: in a
 * GitLab CI job they go to the own server of the job only (docs/guarantees.md#T22), and never as an API token. Reading
 * it throws configuration and usage errors.
 */
function withJobTokenRules(
  source: TokenSource | undefined,
  use: TokenUse,
  server: ServerChoice,
  { ci }: Plan,
  { env }: Context,
): TokenSource | undefined {
  if (!source) return undefined
  const check = (secret: Secret): void => {
    if (!isJobToken(secret.reveal(), env)) return
    if (ci && !isOwnServer(server.value, ci)) {
      throw configError(
        `${source.origin}: that is a CI job's token, which works for ${ownServerOf(ci)} only, not for ${server.value.base} (from ${server.origin})`,
        triggerTokenOfThatServer,
      )
    }
    // A form that says otherwise counts more than what happens to be in CI_JOB_TOKEN.
    if (use === 'token' || !['job', undefined].includes(tokenPurpose(secret.reveal()))) return
    const fail = source.isGiven ? usageError : configError
    throw fail(`${source.origin}: that is a CI job's token, not an API token`, jobTokenAsApiToken)
  }
  const read = async (): Promise<Secret> => {
    const secret = await source.read()
    check(secret)
    return secret
  }
  return { ...source, read, unchecked: source, check }
}

const ownServerOf = (ci: CiJob): string => ci.server?.value.base ?? 'the own server of this job'

const triggerTokenOfThatServer = 'Give a trigger token of that server: GITLAB_TRIGGER_TOKEN or --token-file.'

/** The sources of all tokens for a target (docs/guarantees.md#G3). Throws usage and configuration errors. */
export function tokenSources(
  { server, tokens }: { server: ServerChoice; tokens: readonly TokenNode[] },
  plan: Plan,
  flags: CredentialFlags,
  context: Context,
  signal: AbortSignal,
  readStdin: ReadStdin = stdinOnce(context, signal),
): TokenSources {
  const given = givenToken(flags, context, readStdin)
  const givenApi = givenApiToken(flags, context)
  refuseLessTrusted(given ?? givenApi, server)
  const from = (node: TokenNode | undefined, use: TokenUse): TokenSource | undefined =>
    node && entryToken(node, use, context, plan.config, { signal, ms: plan.timeout.value })
  const { ci } = plan
  const jobToken = ci?.jobToken
  const isOwn = isOwnServer(server.value, ci)
  const secret = jobToken && context.secrets.keep(jobToken.value)
  const job =
    jobToken && secret && isOwn ? { origin: jobToken.origin, read: () => Promise.resolve(secret) } : undefined
  const known = (use: TokenUse, source: TokenSource | undefined): TokenSource | undefined =>
    withJobTokenRules(source, use, server, plan, context)
  return {
    token: known('token', given ?? from(tokens[0], 'token')) ?? job,
    apiToken: known('apiToken', givenApi ?? from(server.entry, 'apiToken')),
    jobToken: job,
  }
}

const kinds = {
  token: { name: 'token', withArticle: 'a trigger token', sources: 'GITLAB_TRIGGER_TOKEN or --token-file' },
  apiToken: {
    name: 'API token',
    withArticle: 'an API token',
    sources: 'GITLAB_TRIGGER_API_TOKEN or --api-token-file',
  },
} as const

/** Throws if there is no token for this server but one for another server (docs/guarantees.md#T18, #T22). */
export function refuseForeignTokens(
  server: ServerChoice,
  plan: Plan,
  kind: 'token' | 'apiToken' = 'token',
): void {
  const { ci, config } = plan
  const { name, withArticle, sources } = kinds[kind]
  const to = `not for ${server.value.base} (from ${server.origin})`
  if (kind === 'token' && ci?.jobToken && !isOwnServer(server.value, ci)) {
    throw configError(
      `no token given, and CI_JOB_TOKEN works for ${ownServerOf(ci)} only, ${to}`,
      triggerTokenOfThatServer,
    ).with({ isMissing: true })
  }
  const others = namesOf(config, 'servers').filter((each) => each !== server.name)
  const other = others
    .map((each) => serverNamed(config, each))
    .find(
      (entry) =>
        entry &&
        (['', 'File', 'Env', 'Command', 'From'] as const).some((ending) => entry.data[`${kind}${ending}`]),
    )
  if (!other) return
  throw configError(
    `no ${name} given, and the ${name} of server "${other.keys[1] ?? ''}" is bound to ${urlOf(other).value.base} (${other.file.path}), ${to}`,
    `Give ${withArticle} of that server: ${sources}; or add the server to your config.`,
  ).with({ isMissing: true })
}
