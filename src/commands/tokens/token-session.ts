import type { Context } from '../../core/context.ts'
import { explainWriteRefusal } from '../../gitlab/errors/explain-write-refusal.ts'
import type { Client } from '../../gitlab/api/client.ts'
import { listTokens, type TriggerToken } from '../../gitlab/resources/trigger-tokens.ts'
import {
  needApiToken,
  openSession,
  projectOf,
  type CommandSession,
  type CommandSessionOptions,
  type SessionFlags,
} from '../../session/command-session.ts'
import { askedOf, openClient, type AccessPurpose } from '../../session/working-client.ts'
import type { ServerAccess } from '../../session/server-client.ts'

/** What works with the trigger tokens of one project. */
export interface TokenSession extends CommandSession {
  project: string
}

/** A command about the project's tokens, ready to be pasted. */
export const tokensCommand = (
  { suggest, access, project }: TokenSession,
  verb: 'list' | 'revoke',
  ...words: string[]
): string => suggest({ verb: `tokens ${verb}`, access, project, words })

const needs = { needs: 'an API token with the scope api', role: 'Maintainer' }

/** Opens the trigger tokens of the project that flags, environment or files name. Throws usage and configuration errors; nothing was sent then. */
export async function openTokenSession(
  flags: SessionFlags,
  context: Context,
  options: Pick<CommandSessionOptions, 'readsProject'> = {},
): Promise<TokenSession> {
  const session = await openSession(flags, context, options)
  const project = projectOf(session)
  needApiToken(session)
  return { ...session, project }
}

/** What was to be done with the tokens, in the words of an error for its refusal. */
const purpose = (failed: string): AccessPurpose => ({ failed, ...needs })

/** A client that may read the project's tokens, and all of them. Throws a TriggerError that explains what was refused. */
export async function readTokens(
  session: TokenSession,
  server: ServerAccess,
): Promise<{ client: Client; tokens: TriggerToken[] }> {
  const failed = `the trigger tokens of project ${session.project} cannot be read`
  const { client, found } = await openClient(session, server, session.project, purpose(failed), listTokens)
  return { client, tokens: found }
}

/** The same client, over another HTTP session. */
export function reopened({ target, dialect, credential }: Client, server: ServerAccess): Client {
  return server.open(target.project)(dialect, credential)
}

/** The error for an act on a token that was refused or whose outcome is not known; any other error as it is. */
export function refusedAct(
  error: unknown,
  session: TokenSession,
  client: Client,
  words: { failed: string; doubt: string; check: string; forbidden?: string },
): unknown {
  return explainWriteRefusal(error, { ...askedOf(session, client, purpose(words.failed)), ...words })
}
