import { join } from 'node:path'
import { placesFor } from '../config/files/places.ts'
import type { Context } from '../core/context.ts'
import type { HistoryFlags } from '../options/history.ts'
import { exitCodes } from '../core/exit-codes.ts'
import { parseSpan, spanHint } from '../config/duration.ts'
import { wrongValue } from '../core/text/wrong-value.ts'
import { isAttended } from '../output/reporters/is-attended.ts'
import { pruneBatchJournals } from '../state/prune-batch-journals.ts'
import { pruneJournal } from '../state/prune-journal.ts'
import { readAll } from '../state/journal.ts'
import type { Entry } from '../state/journal-entry.ts'
import { escapeLine } from '../output/terminal/escape.ts'
import { writeText } from '../output/reporters/text-reporter.ts'
import { printJsonResult } from '../session/json-result.ts'

function outcomeOf({ result }: Entry): string {
  if (result === undefined) return 'unknown (the run did not end)'
  if (result.outcome === 'triggered') return `pipeline ${result.build?.id ?? '(id lost)'}`
  return result.outcome === 'none' ? `no pipeline (exit ${result.exitCode})` : 'unknown'
}

function line(entry: Entry): string {
  const { at, key, server, project, ref, user, host } = entry.intent
  const cells = [at, outcomeOf(entry), `${project} on ${ref} at ${server}`, `${user}@${host}`, key]
  return `${escapeLine(cells.join('  '))}\n`
}

const dayMs = 86_400_000

/** Forgets old keys, and runs of `batch` that have ended: `history --prune 90d`. Throws a usage error for a span of less than a day, in which a key may be used again. */
async function prune(typed: string, { json }: HistoryFlags, context: Context): Promise<number> {
  const span = parseSpan(typed) ?? 0
  if (span < dayMs)
    throw wrongValue(
      '--prune',
      typed,
      'not a span of a day or more',
      spanHint(typed, 'Write it as 90d or 12w.'),
    )
  const { state } = placesFor(context)
  const until = context.wallTime() - span
  const counts = { removed: 0, kept: 0 }
  for (const pruned of state === undefined
    ? []
    : [
        await pruneJournal(join(state, 'once'), until, context),
        await pruneBatchJournals(join(state, 'batch'), until, context),
      ]) {
    counts.removed += pruned.removed
    counts.kept += pruned.kept
  }
  const { code } = exitCodes.success
  if (json) await printJsonResult(counts, code, context)
  else if (isAttended(context)) {
    const text = `Removed ${counts.removed} ${counts.removed === 1 ? 'entry' : 'entries'} older than ${typed}, kept ${counts.kept}.\n`
    await context.stderr.write(text).catch(() => undefined)
  }
  return code
}

/** Lists what was triggered with --once, oldest first, by whom and with what result: `history`; or forgets the oldest. Holds no secret. */
export async function history(flags: HistoryFlags, context: Context): Promise<number> {
  if (flags.prune !== undefined) return prune(flags.prune, flags, context)
  const { state } = placesFor(context)
  const entries = state === undefined ? [] : await readAll(join(state, 'once'), context)
  const { code } = exitCodes.success
  if (flags.json) await printJsonResult({ history: entries }, code, context)
  else await writeText(context, entries.map(line).join(''))
  return code
}
