import type { Settings } from '../config/settings.ts'
import type { Reporter } from '../events.ts'

/** Says that the API token of the config is none, where the command continues because nothing has asked for one. */
export async function warnOfUnusableApiToken(
  settings: Settings | undefined,
  report: Reporter,
): Promise<void> {
  const error = settings?.unusableApiToken
  if (!error) return
  const text = `${error.message}; continuing without an API token. ${error.hint}`.trim()
  await report({ type: 'warned', text, isGrave: true })
}
