import { configError, usageError, type TriggerError } from '../../core/errors.ts'
import type { CiJob } from './ci.ts'
import type { Config } from '../files/find-config.ts'
import { namesOf, serverNamed } from '../layers.ts'
import { urlOf, type ServerChoice } from './server-choice.ts'

/** A server whose pages we may take for GitLab's. */
export interface Home {
  /** What --server would be for it. */
  server: string
  base: string
}

/** Where a URL that was typed may lead: to the chosen server, those of the config files and the own one of a CI job (promise G3). */
export function knownServers(
  config: Config,
  ci: CiJob | undefined,
  chosen: ServerChoice | undefined,
): Home[] {
  const named = namesOf(config, 'servers').flatMap((name): Home[] => {
    const entry = serverNamed(config, name)
    return entry ? [{ server: name, base: urlOf(entry).value.base }] : []
  })
  const own = ci?.server?.value.base
  const all = [
    ...(chosen ? [{ server: chosen.name ?? chosen.value.base, base: chosen.value.base }] : []),
    ...named,
    ...(own === undefined ? [] : [{ server: own, base: own }]),
  ]
  // The longest path prefix first.
  return all.sort((a, b) => b.base.length - a.base.length)
}

/** The error for a URL that leads to none of them; `isServerTyped`: because it was said which one. */
export function unknownServerUrl({ origin }: URL, isServerTyped: boolean): TriggerError {
  if (isServerTyped) {
    return usageError(`--server and the URL are of different servers: the URL is of ${origin}`)
  }
  return configError(
    `the URL is of ${origin}, which is no configured server`,
    `If it is your GitLab, add --server ${origin}, or a server with that address to your config.`,
  )
}
