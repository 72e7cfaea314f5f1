import { parseSpan, spanHint } from '../../config/duration.ts'
import type { Context } from '../../core/context.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { shortToken, type TriggerToken } from '../../gitlab/resources/trigger-tokens.ts'
import type { TokensListFlags } from '../../options/tokens.ts'
import { styleFor } from '../../output/terminal/style.ts'
import { table, type Column } from '../../output/terminal/table.ts'
import { writeText } from '../../output/reporters/text-reporter.ts'
import { fromNow } from '../../output/format/relative-time.ts'
import { printJsonResult } from '../../session/json-result.ts'
import { registerTokens, tokenObject } from './token-format.ts'
import { openTokenSession, readTokens } from './token-session.ts'
import { wrongValue } from '../../core/text/wrong-value.ts'

/** A token that was not used for this long is stale, unless --unused-for says otherwise. */
const staleAfter = '90d'

const timeOf = (iso: string | null): number => (iso === null ? 0 : Date.parse(iso))

/** The most recently used first; those never used last, the newest of them first. */
function byLastUse(a: TriggerToken, b: TriggerToken): number {
  return timeOf(b.lastUsed) - timeOf(a.lastUsed) || timeOf(b.createdAt) - timeOf(a.createdAt)
}

function columnsFor(
  isShown: boolean | undefined,
  isStale: (token: TriggerToken) => boolean,
  now: number,
): Column<TriggerToken>[] {
  const time = (iso: string | null, isForPeople: boolean, none = ''): string =>
    iso === null ? (isForPeople ? none : '') : isForPeople ? fromNow(iso, now) : iso
  return [
    { head: 'ID', cell: ({ id }) => (id === null ? '' : String(id)) },
    { head: 'TOKEN', cell: ({ token }) => (isShown ? token : shortToken(token)) },
    { head: 'DESCRIPTION', cell: ({ description }) => description ?? '', isFlexible: true },
    { head: 'OWNER', cell: ({ owner }) => owner ?? '', isFlexible: true },
    { head: 'CREATED', cell: ({ createdAt }, isForPeople) => time(createdAt, isForPeople) },
    { head: 'LAST USED', cell: ({ lastUsed }, isForPeople) => time(lastUsed, isForPeople, 'never') },
    { head: 'EXPIRES', cell: ({ expiresAt }, isForPeople) => time(expiresAt, isForPeople, 'never') },
    { head: 'NOTE', cell: (token) => (isStale(token) ? 'stale' : '') },
  ]
}

/**
 * Lists the trigger tokens of a project, by when each was last used: `tokens list`. Whole tokens are shown only with --show-token, and only to their
 * owner. Resolves to the exit code; throws a TriggerError.
 */
export async function tokensList(flags: TokensListFlags, context: Context): Promise<number> {
  const typed = flags.unusedFor ?? staleAfter
  const span = parseSpan(typed)
  if (span === undefined)
    throw wrongValue(
      '--unused-for',
      typed,
      'not a span of time',
      spanHint(typed, 'Write it as 90d, 12w or 6h.'),
    )
  const session = await openTokenSession(flags, context, { readsProject: true })
  const { client, tokens } = await session.work((server) => readTokens(session, server))
  registerTokens(tokens, flags.showToken, context)
  const now = context.wallTime()
  // One that was never used counts from the day on which it was made.
  const isStale = ({ lastUsed, createdAt }: TriggerToken): boolean =>
    now - timeOf(lastUsed ?? createdAt) >= span
  const listed = tokens.filter((token) => flags.unusedFor === undefined || isStale(token)).sort(byLastUse)
  if (flags.json) {
    const objects = listed.map((token) => ({
      ...tokenObject(token, flags.showToken),
      stale: isStale(token),
    }))
    const { base, project } = client.target
    const about = { server: base, project, api: client.dialect.name }
    await printJsonResult({ ...about, tokens: objects }, exitCodes.success.code, context)
    return exitCodes.success.code
  }
  const style = await styleFor(context.stdout, context.env, flags.color)
  const text = table(listed, columnsFor(flags.showToken, isStale, now), context.stdout, style)
  await writeText(context, text)
  if (listed.length === 0) await session.report({ type: 'noted', text: 'No trigger token.' })
  return exitCodes.success.code
}
