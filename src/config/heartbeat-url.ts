import type { Context } from '../core/context.ts'
import { usageError } from '../core/errors.ts'

/** Parses the URL of --heartbeat. Throws a usage error if it is invalid or holds a password or token. */
export function parseHeartbeat(text: string, context: Pick<Context, 'secrets'>): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw usageError('--heartbeat: not an address', 'Write it as https://monitor.example.com/ping/nightly.')
  if (url.username !== '' || url.password !== '' || context.secrets.redact(text) !== text)
    throw usageError(
      '--heartbeat: the address holds a password or a token',
      'It would be in the logs of the monitor.',
    )
  return url
}
