import type { Context } from '../../core/context.ts'
import { asTriggerError, usageError, type TriggerError } from '../../core/errors.ts'
import { exitCodes, worstOf } from '../../core/exit-codes.ts'
import type { Client } from '../../gitlab/api/client.ts'
import { revokeToken, shortToken, type TriggerToken } from '../../gitlab/resources/trigger-tokens.ts'
import type { TokensRevokeFlags } from '../../options/tokens.ts'
import { escapeLine } from '../../output/terminal/escape.ts'
import { printFailure } from '../../output/reporters/failure.ts'
import { writeText } from '../../output/reporters/text-reporter.ts'
import { confirm, requireConfirmation } from '../../session/confirm.ts'
import { printJsonResult } from '../../session/json-result.ts'
import {
  checkTokenKeys,
  describeToken,
  registerTokens,
  tokenName,
  tokenNamed,
  tokenObject,
} from './token-format.ts'
import { openTokenSession, readTokens, refusedAct, reopened, type TokenSession } from './token-session.ts'

/** What became of one token that was to be revoked. */
interface End {
  word: string
  token: TriggerToken | undefined
  failure: TriggerError | undefined
}

/** Revokes a token with one request that is never repeated. Throws a TriggerError, exit 7 where it is not known whether it was. */
export async function revoke(session: TokenSession, client: Client, token: TriggerToken): Promise<void> {
  const name = tokenName(token)
  await revokeToken(client, token).catch((error: unknown) => {
    throw refusedAct(error, session, client, {
      failed: `${name} of project ${session.project} cannot be revoked`,
      doubt: `whether ${name} was revoked`,
      check: 'Check first: gitlab-trigger tokens list',
    })
  })
}

/** The tokens that the words name, and the words that name none with why. Throws usage errors for words that cannot be names. */
function find(
  session: TokenSession,
  words: readonly string[],
  tokens: readonly TriggerToken[],
  client: Client,
): End[] {
  return words.map((word) => {
    try {
      return { word, token: tokenNamed(word, tokens, client), failure: undefined }
    } catch (error) {
      const failure = asTriggerError(error, { kind: 'none' })
      if (failure.exit === 'usage' || failure.exit === 'internal') throw failure
      return { word, token: undefined, failure: session.about(failure) }
    }
  })
}

const stateOf = ({ failure }: End): string =>
  failure === undefined ? 'revoked' : failure.exit === 'unknown' ? 'unknown' : 'not revoked'

const labelOf = ({ token, word }: End): string =>
  token?.id === null ? `${shortToken(token.token)}...` : word.replace('#', '')

async function printEnds(ends: readonly End[], flags: TokensRevokeFlags, context: Context): Promise<void> {
  for (const end of ends) {
    const line = `${escapeLine(labelOf(end))}\t${stateOf(end)}\n`
    if (!flags.json && !flags.quiet) await writeText(context, line)
    if (end.failure) await printFailure(end.failure, context, flags.color)
  }
}

/**
 * Revokes trigger tokens for good: `tokens revoke ID...`. Asks at a terminal, needs --yes elsewhere. Each is reported; resolves to the exit code, of
 * several the worst. Throws a TriggerError where nothing could be tried.
 */
export async function tokensRevoke(
  words: readonly string[],
  flags: TokensRevokeFlags,
  context: Context,
): Promise<number> {
  if (words.length === 0) throw usageError('no token given', 'gitlab-trigger tokens list shows the ids.')
  checkTokenKeys(words, context)
  requireConfirmation('revoking', flags.yes, context)
  const session = await openTokenSession(flags, context)
  const { client, found } = await session.work(async (server) => {
    const { client: opened, tokens } = await readTokens(session, server)
    registerTokens(tokens, false, context)
    return { client: opened, found: find(session, words, tokens, opened) }
  })
  const there = found.flatMap(({ token }) => token ?? [])
  const twice = there.find((token, at) => there.indexOf(token) < at)
  if (twice) throw usageError(`${tokenName(twice)} is named twice`)
  if (there.length > 0) {
    const lines = [
      ...found.flatMap(({ failure }) => failure?.message ?? []),
      ...there.map((token) => describeToken(token, context.wallTime())),
    ]
    const about = lines.map((line) => `${escapeLine(line)}\n`).join('')
    const question =
      there.length === 1
        ? 'Revoke it? Whatever uses it can no longer trigger.'
        : `Revoke these ${there.length}? Whatever uses them can no longer trigger.`
    await confirm({ act: 'revoking', about, question }, flags.yes, context)
  }
  const ends = await revokeAll(session, client, found)
  await printEnds(ends, flags, context)
  const worst = worstOf(ends.map(({ failure }) => failure?.exit ?? 'success'))
  const { code } = exitCodes[worst]
  if (flags.json) {
    const about = { server: client.target.base, project: session.project, api: client.dialect.name }
    await printJsonResult({ ...about, tokens: ends.map(objectOf) }, code, context)
  }
  return code
}

function objectOf(end: End): Record<string, unknown> {
  const { word, token, failure } = end
  const id = /^#?\d+$/.test(word) ? Number(word.replace('#', '')) : null
  const about = token ? tokenObject(token, false) : { id }
  const error = failure ? { message: failure.message, hint: failure.hint } : null
  return { ...about, state: stateOf(end), error }
}

function revokeAll(session: TokenSession, client: Client, found: readonly End[]): Promise<End[]> {
  return session.work(async (server, { signal }) => {
    const ends: End[] = []
    for (const end of found) {
      const { token } = end
      try {
        if (token) {
          signal.throwIfAborted()
          await revoke(session, reopened(client, server), token)
        }
        ends.push(end)
      } catch (error) {
        ends.push({ ...end, failure: session.about(error) })
      }
    }
    return ends
  })
}
