import { belongsTo } from '../config/server/ca.ts'
import { isPrivateKey } from '../config/server/pem.ts'
import { resolveProxy } from '../config/server/proxy.ts'
import type { ServerUrl } from '../config/server/server-url.ts'
import type { ServerSettings } from '../config/access.ts'
import { usageError } from '../core/errors.ts'
import type { SecretRegistry } from '../core/secret.ts'
import type { ServerOptions } from './options.ts'

type Transport = Pick<ServerSettings, 'ca' | 'certificate' | 'proxy' | 'insecure'>

function certificateOf({ cert, key }: ServerOptions): Transport['certificate'] {
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined)
    throw usageError('cert and key go together', 'Give both, as PEM texts.')
  if (!isPrivateKey(key))
    throw usageError('key: it is not a private key', 'Give one as PEM text, not encrypted.')
  if (!belongsTo(cert, key))
    throw usageError(
      'key: it is not that of the certificate in cert',
      'Give both as PEM texts, the key not encrypted.',
    )
  return { cert, key, certPath: '', keyPath: '', origin: 'the option cert' }
}

/** How the server of a call is reached, as its options say; nothing of the environment counts. Throws usage and configuration errors. */
export function transportOf(options: ServerOptions, server: ServerUrl, secrets: SecretRegistry): Transport {
  const { ca, proxy } = options
  const choice = {
    value: server,
    origin: 'the option server',
    name: undefined,
    entry: undefined,
    trust: 'full',
  } as const
  return {
    ca: ca === undefined ? undefined : { value: ca, origin: 'the option ca', path: '' },
    certificate: certificateOf(options),
    proxy: proxy === undefined ? undefined : resolveProxy({ proxy }, choice, { env: {}, secrets }),
    insecure: false,
  }
}
