import { parseServerUrl, type ServerUrl } from '../config/server/server-url.ts'
import { usageError } from '../core/errors.ts'
import type { ServerOptions } from './options.ts'

/** The server of a call. Throws a usage error for plain http to another machine that is not allowed. */
export function serverOf({ server: text, allowHttp }: ServerOptions): ServerUrl {
  const server = parseServerUrl(text, 'server')
  if (server.isHttps || server.isLoopback || allowHttp) return server
  throw usageError(
    'server: plain http would send the token unencrypted',
    'Use https, or set allowHttp: true.',
  )
}
