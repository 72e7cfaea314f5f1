import type { Context } from '../core/context.ts'
import { usageError } from '../core/errors.ts'
import { wrongValue } from '../core/text/wrong-value.ts'

/** The flags that name a monitor. */
export type HeartbeatFlag = '--heartbeat' | '--heartbeat-failure'

/** Parses the URL of a monitor. Throws a usage error if it is invalid or holds a password or token. */
export function parseHeartbeat(flag: HeartbeatFlag, text: string, context: Pick<Context, 'secrets'>): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw wrongValue(flag, text, 'not an address', 'Write it as https://monitor.example.com/ping/nightly.')
  if (url.username !== '' || url.password !== '' || context.secrets.redact(text) !== text)
    throw usageError(
      `${flag}: the address holds a password or a token`,
      'It would be in the logs of the monitor.',
    )
  return url
}
