import { parseExpiry } from '../../config/credentials/expiry.ts'
import { UnconfirmedChange } from '../../gitlab/api/reader.ts'
import type { Context } from '../../core/context.ts'
import { TriggerError, usageError } from '../../core/errors.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import type { Client } from '../../gitlab/api/client.ts'
import {
  createToken,
  newTokens,
  shortToken,
  type NewToken,
  type TriggerToken,
} from '../../gitlab/resources/trigger-tokens.ts'
import type { TokensCreateFlags } from '../../options/tokens.ts'
import { writeText } from '../../output/reporters/text-reporter.ts'
import { jsonResultLine } from '../../session/json-result.ts'
import { checkStoreFlags, notKept, openStore, type Store } from './token-destination.ts'
import { describeExpiry, registerTokens, tokenName, tokenObject } from './token-format.ts'
import {
  openTokenSession,
  readTokens,
  refusedAct,
  tokensCommand,
  type TokenSession,
} from './token-session.ts'

/** Which of the tokens that are there now may be the one that a lost request made, as the beginning of a hint; '' where that cannot be told. */
async function namesOfNew(
  session: TokenSession,
  client: Client,
  wanted: NewToken,
  before: readonly TriggerToken[],
): Promise<string> {
  const found = await newTokens(client, wanted, before).catch(() => [])
  registerTokens(found, false, session.context)
  if (found.length === 0) return ''
  const names = found.map(tokenName).join(', ')
  const ids = found.map(({ id, token }) => String(id ?? shortToken(token)))
  return `${names} is new and was most likely created by this command; its value was not received. Revoke it, then create another one: ${tokensCommand(session, 'revoke', ...ids)}. `
}

/**
 * Makes a token with one request that is never repeated; `before` are those of the project. Throws a TriggerError, exit 7 where it is not known
 * whether there is a new one: the hint names it where one is seen.
 */
export async function makeToken(
  session: TokenSession,
  client: Client,
  wanted: NewToken,
  before: readonly TriggerToken[],
): Promise<TriggerToken> {
  const words = {
    failed: `a trigger token of project ${session.project} cannot be created`,
    doubt: 'whether a token was created',
    check: `Check first: ${tokensCommand(session, 'list')}`,
  }
  return createToken(client, wanted, before).catch(async (error: unknown) => {
    const isUnclear = error instanceof UnconfirmedChange
    const names = isUnclear ? await namesOfNew(session, client, wanted, before) : ''
    throw refusedAct(error, session, client, { ...words, check: names + words.check })
  })
}

/** Refuses an end where no token has one: it would be lost silently. Throws a TriggerError; nothing was made then. */
export function refuseUnkept({ expiresAt }: NewToken, { dialect }: Pick<Client, 'dialect'>): void {
  if (expiresAt === null || dialect.name !== 'v3') return
  throw new TriggerError({
    exit: 'refused',
    message: '--expires: on API v3 a trigger token never expires',
    hint: 'Leave it out, and revoke the token when it is no longer needed.',
  })
}

/** Says what the end of a new token is worth: older GitLabs take none, and newer ones refuse no token because of it (docs/gitlab.md#3). */
export async function warnOfEnd(
  made: TriggerToken,
  { expiresAt }: NewToken,
  { report }: Pick<TokenSession, 'report'>,
): Promise<void> {
  if (expiresAt === null) return
  const name = tokenName(made)
  const text =
    made.expiresAt === null
      ? `trigger tokens of this GitLab never expire: ${name} is valid until it is revoked.`
      : `GitLab does not refuse ${name} after ${made.expiresAt}, before it deletes it some 30 days later: revoke it before it expires, after that it cannot be revoked.`
  await report({ type: 'warned', text, isGrave: true })
}

/** What a new token is to be made with. Throws usage errors. */
export function newTokenOf({ description, expires, api }: TokensCreateFlags, now: number): NewToken {
  if (description === undefined && api !== 'v3') {
    throw usageError('no description given', 'Say what the token is for: --description "nightly docs".')
  }
  if (description?.trim() === '') throw usageError('--description: it is blank')
  return {
    description: description ?? null,
    expiresAt: expires === undefined ? null : parseExpiry(expires, now),
  }
}

/** Stores a new token, or prints it. Throws a TriggerError, exit 11, where it cannot, which says how to get it all the same. */
export async function storeOrPrint(
  made: TriggerToken,
  store: Store | undefined,
  text: string,
  session: TokenSession,
): Promise<void> {
  const { context } = session
  try {
    if (store) await store.keep(context.secrets.keep(made.token))
    else await context.stdout.write(text)
  } catch (error) {
    await store?.undo().catch(() => undefined)
    const list = tokensCommand(session, 'list', '--show-token')
    const undo = made.id === null ? '' : ` To revoke it: ${tokensCommand(session, 'revoke', String(made.id))}`
    const hint = `To see it: ${list}${undo === '' ? '' : `.${undo}`}`
    throw notKept(tokenName(made), store?.where ?? 'standard output', error, hint)
  }
}

/**
 * Makes a trigger token: `tokens create --description TEXT`. Prints it, this once, or stores it where only its user can read it. Resolves to the
 * exit code; throws a TriggerError.
 */
export async function tokensCreate(flags: TokensCreateFlags, context: Context): Promise<number> {
  checkStoreFlags(flags)
  const wanted = newTokenOf(flags, context.wallTime())
  const session = await openTokenSession(flags, context)
  const store = await openStore(flags, session)
  const { made, client } = await session
    .work(async (server) => {
      const { client: opened, tokens } = await readTokens(session, server)
      registerTokens(tokens, false, context)
      refuseUnkept(wanted, opened)
      return { made: await makeToken(session, opened, wanted, tokens), client: opened }
    })
    .catch(async (error: unknown) => {
      await store?.undo().catch(() => undefined)
      throw error
    })
  const isPrinted = store === undefined
  registerTokens([made], isPrinted, context)
  const { code } = exitCodes.success
  const about = { server: client.target.base, project: session.project, api: client.dialect.name }
  const object = { ...about, token: tokenObject(made, isPrinted), saved_to: store?.where ?? null }
  const line = flags.json ? jsonResultLine(object, code, context) : `${made.token}\n`
  await storeOrPrint(made, store, line, session)
  if (flags.json && store) await writeText(context, line)
  await warnOfEnd(made, wanted, session)
  await session.report({ type: 'noted', text: sentence(made, session.project, store, wanted) })
  return code
}

function sentence(made: TriggerToken, project: string, store: Store | undefined, wanted: NewToken): string {
  const who = made.owner === null ? '' : `acts as ${made.owner}, `
  const where = store ? ` It is stored in ${store.where}.` : ''
  const lost = made.id === null && wanted.description !== null ? ' API v3 keeps no description.' : ''
  return `Created ${tokenName(made)} for project ${project}: ${who}${describeExpiry(made)}.${where}${lost}`
}
