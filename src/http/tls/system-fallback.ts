import { readFileSync } from 'node:fs'
import { platform } from 'node:os'
import { rootCertificates } from 'node:tls'
import type { Connector } from '../proxy/tunnel.ts'
import type { Authorities } from './shared-context.ts'
import { isUnknownIssuer, systemAuthorities, type SystemStore } from './system-authorities.ts'

/** Which CA certificates to trust. */
export interface TrustOptions {
  /** PEM text of additional CA certificates; undefined: only Node's own and NODE_EXTRA_CA_CERTS. */
  ca?: string | undefined
  /** The path in NODE_EXTRA_CA_CERTS, which Node ignores as soon as `ca` is given. */
  extraCaFile?: string | undefined
  /** Where the system's CA certificates are; by default in its usual places. */
  systemStore?: SystemStore | undefined
}

/**
 * The CA certificates to trust; undefined means Node's own. An explicit list replaces both Node's root
 * certificates and NODE_EXTRA_CA_CERTS (docs/guarantees.md#4.5), so it must include them.
 */
function authorities(
  { ca, extraCaFile }: TrustOptions,
  more: readonly string[] = [],
): Authorities | undefined {
  if (ca === undefined && more.length === 0) return undefined
  const list = (): string[] => {
    const extra: string[] = []
    if (extraCaFile !== undefined) {
      try {
        extra.push(readFileSync(extraCaFile, 'utf8'))
      } catch {
        // Node only warns about a missing NODE_EXTRA_CA_CERTS, too.
      }
    }
    return [...rootCertificates, ...extra, ...(ca === undefined ? [] : [ca]), ...more]
  }
  return { key: JSON.stringify([ca, extraCaFile, more]), list }
}

/** What to trust for servers that Node's CA certificates do not know, for the next connections to them. */
const withSystems = new Map<string, Authorities>()

/**
 * Connects with Node's CA certificates. If the issuer is unknown, tries again with those of the system:
 * reading them takes longer than the rest of the start, and few servers need them. No request has been sent
 * by then.
 */
export function withSystemFallback(
  transport: TrustOptions,
  make: (ca: Authorities | undefined) => Connector,
): Connector {
  const first = make(authorities(transport))
  const store = transport.systemStore ?? { platform: platform() }
  return (options, callback) => {
    const server = JSON.stringify([
      options.hostname,
      options.port,
      store,
      transport.ca,
      transport.extraCaFile,
    ])
    const known = withSystems.get(server)
    if (known) {
      make(known)(options, callback)
      return
    }
    first(options, (...result) => {
      const [error] = result
      const more = error && isUnknownIssuer(error) ? systemAuthorities(store) : []
      const all = more.length === 0 ? undefined : authorities(transport, more)
      if (!all) {
        callback(...result)
        return
      }
      withSystems.set(server, all)
      make(all)(options, callback)
    })
  }
}
