import { entryToken } from '../../config/credentials/entry-token.ts'
import { parseToken } from '../../config/credentials/parse-token.ts'
import type { Config } from '../../config/files/find-config.ts'
import { serverNamed } from '../../config/layers.ts'
import type { Setting } from '../../config/setting.ts'
import type { Context } from '../../core/context.ts'
import { TriggerError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { isUndecided, tokenIsWrong } from '../../gitlab/errors/advice.ts'
import { explainWriteRefusal } from '../../gitlab/errors/explain-write-refusal.ts'
import { createToken, isWhole, listTokens } from '../../gitlab/resources/trigger-tokens.ts'
import { readTokenOwner } from '../../gitlab/resources/token-owner.ts'
import { testTriggerToken } from '../../gitlab/trigger/probe.ts'
import type { Prompter } from '../../output/terminal/prompt.ts'
import type { CommandSession } from '../../session/command-session.ts'
import { postOptions } from '../../session/retry-policy.ts'
import { transportOptions } from '../../session/server-client.ts'
import { askedOf, openClient } from '../../session/working-client.ts'
import type { ChosenProject } from '../../session/choosing/choose-project.ts'
import type { LoginServer } from './server.ts'

const whose = { failed: 'the API token cannot be used', needs: 'an API token that is valid' }

/** Who an API token acts as, and what it may do, as a sentence. Throws a TriggerError where GitLab does not accept it. */
export async function describeApiToken(session: CommandSession): Promise<string> {
  const { username, scopes, expiresAt } = await session.work(
    async (server) => (await openClient(session, server, '', whose, readTokenOwner)).found,
  )
  const may =
    scopes.length === 0 ? '' : `, with the scope${scopes.length > 1 ? 's' : ''} ${scopes.join(', ')}`
  return `The API token acts as ${username}${may}${expiresAt === null ? '' : `, until ${expiresAt}`}.`
}

/** The API token that the entry of a server has already; undefined for none, and for one that cannot be read or used, which is said. */
export async function presentApiToken(
  name: string,
  config: Config,
  server: LoginServer,
  { context, say }: { context: Context; say: (line: string) => Promise<void> },
): Promise<Setting<Secret> | undefined> {
  const entry = serverNamed(config, name)
  const source =
    entry && entryToken(entry, 'apiToken', context, config, { signal: context.interrupted, ms: Infinity })
  if (!source) return undefined
  try {
    const token = { value: await source.read(), origin: source.origin }
    await describeApiToken(server.as(token))
    return token
  } catch (error) {
    if (!(error instanceof TriggerError)) throw error
    context.interrupted.throwIfAborted()
    await say(`The API token that is configured cannot be used: ${error.message}.`)
    return undefined
  }
}

/** Asks for an API token, and tests it; undefined if the user gives none. */
export async function askApiToken(
  prompter: Prompter,
  server: LoginServer,
  context: Context,
): Promise<{ token: Setting<Secret>; about: string } | undefined> {
  let asked: { token: Setting<Secret>; about: string } | undefined
  await prompter.hidden('API token (empty: none)', async (typed) => {
    if (typed === '') return
    const value = context.secrets.keep(parseToken(typed, 'what was typed', 'apiToken'))
    const token = { value, origin: 'what was typed' }
    asked = { token, about: await describeApiToken(server.as(token)) }
  })
  return asked
}

/**
 * Tries a trigger token on a ref that cannot exist, which starts nothing. Throws a TriggerError where GitLab does not accept it; of a project that was
 * seen it says that the token is wrong.
 */
export async function tryTriggerToken(
  token: Setting<Secret>,
  { name, found }: ChosenProject,
  { dialect, base }: LoginServer,
  session: CommandSession,
): Promise<void> {
  const { context, report } = session
  await session.work(async ({ access }, limits) => {
    const order = {
      base,
      project: name,
      token: token.value,
      tokenOrigin: token.origin,
      isJobToken: false,
      dialect,
    }
    const policy = { retries: session.plan.retry.value, ambiguous: false }
    await testTriggerToken(
      order,
      postOptions(transportOptions(access, context), policy, context, limits, report),
    ).catch((error: unknown) => {
      if (!found || !(error instanceof TriggerError) || !isUndecided(error.hint)) throw error
      throw error.with({ hint: tokenIsWrong(found, { ...order, token: token.value.reveal() }) })
    })
  })
}

/** Asks for the trigger token of a project, which is tried. */
export async function askTriggerToken(
  prompter: Prompter,
  project: ChosenProject,
  server: LoginServer,
  session: CommandSession,
): Promise<Secret> {
  const { secrets } = session.context
  let token: Secret | undefined
  await prompter.hidden(`Trigger token of ${project.name}`, async (typed) => {
    const value = secrets.keep(parseToken(typed, 'what was typed', 'token'))
    await tryTriggerToken({ value, origin: 'what was typed' }, project, server, session)
    token = value
  })
  if (!token) throw new Error('the prompt ended without an answer')
  return token
}

/** Creates a trigger token of a project with the API token. Throws a TriggerError, exit 7 where it is not known whether there is one. */
export async function newTriggerToken(
  { name }: ChosenProject,
  session: CommandSession,
): Promise<{ token: Secret; id: string }> {
  const { context } = session
  const { host } = context.me()
  const failed = `a trigger token of project ${name} cannot be created`
  const purpose = { failed, needs: 'an API token with the scope api', role: 'Maintainer' }
  const wanted = { description: `gitlab-trigger login on ${host}`, expiresAt: null }
  return session.work(async (server) => {
    const { client, found: before } = await openClient(session, server, name, purpose, listTokens)
    for (const each of before.filter(isWhole)) context.secrets.keep(each.token)
    const check = `Check first whether it exists: ${session.suggest({ verb: 'tokens list', project: name, access: session.access })}`
    const made = await createToken(client, wanted, before).catch((error: unknown) => {
      const doubt = 'whether a trigger token was created'
      throw explainWriteRefusal(error, { ...askedOf(session, client, purpose), doubt, check })
    })
    return { token: context.secrets.keep(made.token), id: made.id === null ? 'TOKEN' : String(made.id) }
  })
}
