import { parseExpiry } from '../../config/credentials/expiry.ts'
import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { isWhole, type NewToken, type TriggerToken } from '../../gitlab/resources/trigger-tokens.ts'
import type { TokensRotateFlags } from '../../options/tokens.ts'
import { escapeLine } from '../../output/terminal/escape.ts'
import { writeText } from '../../output/reporters/text-reporter.ts'
import { confirm, requireConfirmation } from '../../session/confirm.ts'
import { jsonResultLine } from '../../session/json-result.ts'
import { replace } from './rotate-token.ts'
import { checkStoreFlags, openStore } from './token-destination.ts'
import {
  checkTokenKeys,
  describeExpiry,
  describeToken,
  registerTokens,
  tokenName,
  tokenNamed,
  tokenObject,
} from './token-format.ts'
import { refuseUnkept, warnOfEnd } from './create.ts'
import { openTokenSession, readTokens, reopened } from './token-session.ts'

/** What the new token takes over of the old one. Throws a usage error for what cannot be taken over silently. */
function replacementToken(old: TriggerToken, flags: TokensRotateFlags, now: number): NewToken {
  const description = flags.description ?? old.description
  if (description === null && old.id !== null) {
    throw usageError(`${tokenName(old)} has no description to take over`, 'Use --description TEXT.')
  }
  if (old.expiresAt !== null && flags.expires === undefined) {
    const hint = 'Say when the new one does: --expires 2027-01-31, 90d or never.'
    throw usageError(`${tokenName(old)} expires at ${old.expiresAt}`, hint)
  }
  return { description, expiresAt: flags.expires === undefined ? null : parseExpiry(flags.expires, now) }
}

/**
 * Replaces a trigger token by a new one: `tokens rotate ID --save-to FILE`. Asks at a terminal, needs --yes elsewhere. Whatever fails, one of the two
 * works and is named. Resolves to the exit code; throws a TriggerError.
 */
export async function tokensRotate(
  word: string,
  flags: TokensRotateFlags,
  context: Context,
): Promise<number> {
  checkTokenKeys([word], context)
  checkStoreFlags(flags)
  if (flags.saveTo === undefined && flags.saveToServer === undefined) {
    throw usageError('no place given for the new token', 'Use --save-to FILE or --save-to-server NAME.')
  }
  if (flags.description?.trim() === '') throw usageError('--description: it is blank')
  if (flags.expires !== undefined) parseExpiry(flags.expires, context.wallTime())
  requireConfirmation('rotating', flags.yes, context)
  const session = await openTokenSession(flags, context)
  const { client, old, before } = await session.work(async (server) => {
    const { client: opened, tokens } = await readTokens(session, server)
    registerTokens(tokens, false, context)
    return { client: opened, old: tokenNamed(word, tokens, opened), before: tokens }
  })
  const wanted = replacementToken(old, flags, context.wallTime())
  refuseUnkept(wanted, client)
  const store = await openStore(flags, session)
  if (!store) throw new Error('no place for the new token')
  try {
    await confirm(
      {
        act: 'rotating',
        about: `${escapeLine(describeToken(old, context.wallTime()))}\n${newOwnerNotice(old)}`,
        question: `Revoke it once a new one is in ${escapeLine(store.where)}?`,
      },
      flags.yes,
      context,
    )
  } catch (error) {
    await store.undo().catch(() => undefined)
    throw error
  }
  const isReplacing = flags.saveToServer !== undefined
  const made = await session.work((server, budget) =>
    replace({ session, client: reopened(client, server), old, before, wanted, store, isReplacing }, budget),
  )
  await warnOfEnd(made, wanted, session)
  const { code } = exitCodes.success
  const about = { server: client.target.base, project: session.project, api: client.dialect.name }
  const object = {
    ...about,
    token: tokenObject(made, false),
    saved_to: store.where,
    revoked: tokenObject(old, false),
  }
  const line = flags.json ? jsonResultLine(object, code, context) : `${made.id ?? ''}\n`
  if (flags.json || made.id !== null) await writeText(context, line)
  const text = `${tokenName(made)} is in ${store.where}, tested, ${describeExpiry(made)}; ${tokenName(old)} is revoked.`
  await session.report({ type: 'noted', text: text.charAt(0).toUpperCase() + text.slice(1) })
  return code
}

/** Whose the new token is going to be, where that is a change. */
function newOwnerNotice(old: TriggerToken): string {
  if (isWhole(old) || old.owner === null) return ''
  return `The new one will be yours: its pipelines run as you, not as ${escapeLine(old.owner)}.\n`
}
