import { configError, usageError, type TriggerError } from '../../core/errors.ts'
import type { CiJob } from './ci.ts'
import type { Config } from '../files/find-config.ts'
import { namesOf, serverNamed } from '../layers.ts'
import { urlOf, type ServerChoice } from './server-choice.ts'

/** A server whose URLs are recognised as pages of GitLab. */
export interface KnownServer {
  /** The value of --server that selects it. */
  server: string
  base: string
}

/** The servers that a URL may be on: the selected one, config entries, the CI job's own (docs/guarantees.md#G3). */
export function knownServers(
  config: Config,
  ci: CiJob | undefined,
  chosen: ServerChoice | undefined,
): KnownServer[] {
  const named = namesOf(config, 'servers').flatMap((name): KnownServer[] => {
    const entry = serverNamed(config, name)
    return entry ? [{ server: name, base: urlOf(entry).value.base }] : []
  })
  const own = ci?.server?.value.base
  const all = [
    ...(chosen ? [{ server: chosen.name ?? chosen.value.base, base: chosen.value.base }] : []),
    ...named,
    ...(own === undefined ? [] : [{ server: own, base: own }]),
  ]
  // The longest path prefix matches first.
  return all.sort((a, b) => b.base.length - a.base.length)
}

/** The base URLs of the servers of the config. */
export const configuredBases = (config: Config): string[] =>
  knownServers(config, undefined, undefined).map(({ base }) => base)

/** The error for a URL on an unknown server, or on another server than the typed one. */
export function unknownServerUrl(
  { protocol, host, hostname }: URL,
  isServerTyped: boolean,
  chosen?: string,
): TriggerError {
  const origin = `${protocol}//${host}`
  if (isServerTyped) {
    return usageError(
      `--server and the URL are of different servers: the URL is of ${origin}${chosen === undefined ? '' : `, and the server is ${chosen}`}`,
    )
  }
  const address = protocol.startsWith('http') ? origin : `https://${hostname}`
  return configError(
    `${chosen === undefined ? '' : `the server is ${chosen}, and `}the URL is of ${origin}, which is not a configured server`,
    `If it is your GitLab, add --server ${address}, or a server with that address to your config.`,
  )
}
