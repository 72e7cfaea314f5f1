import { parseExpiry } from '../../config/credentials/expiry.ts'
import type { Context } from '../../core/context.ts'
import { TriggerError, usageError } from '../../core/errors.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import type { Client } from '../../gitlab/api/client.ts'
import { createToken, type NewToken, type TriggerToken } from '../../gitlab/resources/trigger-tokens.ts'
import type { TokensCreateFlags } from '../../options/tokens.ts'
import { writeText } from '../../output/reporters/text-reporter.ts'
import { jsonResultLine } from '../../session/json-result.ts'
import { checkStoreFlags, notKept, openStore, type Store } from './token-destination.ts'
import { describeExpiry, registerTokens, tokenName, tokenObject } from './token-format.ts'
import { openTokens, openTokensDesk, refusedAct, type TokenSession } from './token-session.ts'

/**
 * Makes a token with one request that is never repeated. Throws a TriggerError, exit 7 where it is not known whether there is a new one.
 */
export async function makeToken(desk: TokenSession, client: Client, wanted: NewToken): Promise<TriggerToken> {
  const words = {
    failed: `a trigger token of project ${desk.project} cannot be made`,
    doubt: 'whether a token was made',
    check: 'Look before you make another one: gitlab-trigger tokens list.',
  }
  const made = await createToken(client, wanted).catch((error: unknown) => {
    throw refusedAct(error, desk, client, words)
  })
  if (made) return made
  throw new TriggerError({
    exit: 'unknown',
    message: `it is not known ${words.doubt}: GitLab's answer was not understood`,
    hint: words.check,
  })
}

/** Refuses an end where no token has one: it would be lost in silence. Throws a TriggerError; nothing was made then. */
export function refuseUnkept({ expiresAt }: NewToken, { dialect }: Pick<Client, 'dialect'>): void {
  if (expiresAt === null || dialect.name !== 'v3') return
  throw new TriggerError({
    exit: 'refused',
    message: '--expires: on API v3 a trigger token has no end',
    hint: 'Leave it out, and revoke the token when its time has come.',
  })
}

/** Warns where a GitLab has not taken the end that was asked for, as older ones do not. */
export async function warnOfNoEnd(
  made: TriggerToken,
  { expiresAt }: NewToken,
  { report }: Pick<TokenSession, 'report'>,
): Promise<void> {
  if (expiresAt === null || made.expiresAt !== null) return
  const text = `this GitLab gives trigger tokens no end: ${tokenName(made)} is good until it is revoked.`
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
export async function handOver(
  made: TriggerToken,
  store: Store | undefined,
  text: string,
  context: Context,
): Promise<void> {
  try {
    if (store) await store.keep(context.secrets.keep(made.token))
    else await context.stdout.write(text)
  } catch (error) {
    await store?.undo().catch(() => undefined)
    const hint = `gitlab-trigger tokens list --show-token shows it; tokens revoke ${made.id ?? 'TOKEN'} undoes it.`
    throw notKept(tokenName(made), store?.where ?? 'standard output', error, hint)
  }
}

/**
 * Makes a trigger token: `tokens create --description TEXT`. Prints it, this once, or stores it where only its user can read it. Resolves to the
 * exit code; throws a TriggerError.
 */
export async function tokensCreate(flags: TokensCreateFlags, context: Context): Promise<number> {
  checkStoreFlags(flags)
  const wanted = newTokenOf(flags, context.now())
  const desk = await openTokensDesk(flags, context)
  const store = await openStore(flags, desk)
  const { made, client } = await desk
    .work(async (server) => {
      const opened = await openTokens(desk, server)
      refuseUnkept(wanted, opened)
      return { made: await makeToken(desk, opened, wanted), client: opened }
    })
    .catch(async (error: unknown) => {
      await store?.undo().catch(() => undefined)
      throw error
    })
  const isPrinted = store === undefined
  registerTokens([made], isPrinted, context)
  const { code } = exitCodes.success
  const about = { server: client.target.base, project: desk.project, api: client.dialect.name }
  const object = { ...about, token: tokenObject(made, isPrinted), saved_to: store?.where ?? null }
  const line = flags.json ? jsonResultLine(object, code, context) : `${made.token}\n`
  await handOver(made, store, line, context)
  if (flags.json && store) await writeText(context, line)
  await warnOfNoEnd(made, wanted, desk)
  await desk.report({ type: 'noted', text: sentence(made, desk.project, store, wanted) })
  return code
}

function sentence(made: TriggerToken, project: string, store: Store | undefined, wanted: NewToken): string {
  const who = made.owner === null ? '' : `, which acts as ${made.owner},`
  const where = store ? ` It is stored in ${store.where}.` : ''
  const lost = made.id === null && wanted.description !== null ? ' API v3 keeps no description.' : ''
  return `New for project ${project}: ${tokenName(made)}${who} ${describeExpiry(made)}.${where}${lost}`
}
