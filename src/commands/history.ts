import { join } from 'node:path'
import { placesFor } from '../config/files/places.ts'
import type { Context } from '../core/context.ts'
import type { HistoryFlags } from '../options/history.ts'
import { exitCodes } from '../core/exit-codes.ts'
import { readAll } from '../state/journal.ts'
import type { Entry } from '../state/journal-entry.ts'
import { escapeLine } from '../output/terminal/escape.ts'
import { writeText } from '../output/reporters/text-reporter.ts'
import { printJsonResult } from '../session/json-result.ts'

function outcomeOf({ result }: Entry): string {
  if (result === undefined) return 'unknown (the run did not end)'
  if (result.outcome === 'triggered') return `build ${result.build?.id ?? '(id lost)'}`
  return result.outcome === 'none' ? `no build (exit ${result.exitCode})` : 'unknown'
}

function line(entry: Entry): string {
  const { at, key, server, project, ref, user, host } = entry.intent
  const cells = [at, outcomeOf(entry), `${project} on ${ref} at ${server}`, `${user}@${host}`, key]
  return `${escapeLine(cells.join('  '))}\n`
}

/** Lists what was triggered with --once, oldest first, by whom and with what result: `history`. Holds no secret. */
export async function history(flags: HistoryFlags, context: Context): Promise<number> {
  const { state } = placesFor(context)
  const entries = state === undefined ? [] : await readAll(join(state, 'once'))
  const { code } = exitCodes.success
  if (flags.json) await printJsonResult({ history: entries }, code, context)
  else await writeText(context, entries.map(line).join(''))
  return code
}
