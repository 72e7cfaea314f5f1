import type { Context } from '../core/context.ts'
import { TriggerError } from '../core/errors.ts'
import { entryToken } from './credentials/entry-token.ts'
import type { TokenUse } from './credentials/parse-token.ts'
import { originIn } from './files/config-file.ts'
import type { Config } from './files/find-config.ts'
import { namesOf, recipeChain, recipeNamed, serverNamed, type ConfigNode } from './layers.ts'
import type { ProjectEntry, Recipe, ServerEntry } from './schema/config-keys.ts'
import type { Origin } from './setting.ts'

/** A project of a server, as `config list` has it. Of tokens there is only where they come from. */
interface ListedProject {
  name: string
  id: number | null
  ref: string | null
  token: Origin | null
}

/** A server, as `config list` has it. */
export interface ListedServer {
  name: string
  url: string | null
  is_default: boolean
  project: string | null
  ref: string | null
  token: Origin | null
  api_token: Origin | null
  projects: ListedProject[]
  origin: Origin
}

/** What a recipe triggers, and where it is defined, as `config list` has it. */
export interface ListedRecipe {
  name: string
  extends: string | null
  targets: { server: string | null; project: string | null; ref: string | null }[]
  origin: Origin
}

const textOrNull = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null

/** The name of the server that is used when none is given. */
function defaultServer({ files }: Config): string | undefined {
  return files.map(({ data }) => data.default).find((name) => name !== undefined)
}

/** All servers of the config files. No token is read; those that stand in a file become secrets of this run. */
export function configuredServers(config: Config, context: Context): ListedServer[] {
  const usual = defaultServer(config)
  return namesOf(config, 'servers').flatMap((name) => {
    const entry = serverNamed(config, name)
    if (!entry) return []
    const source = (node: ConfigNode<ServerEntry> | ConfigNode<ProjectEntry>, use: TokenUse): Origin | null =>
      entryToken(node, use, context, config, { signal: context.interrupted, ms: Infinity })?.origin ?? null
    const { data, file, keys } = entry
    const projects = Object.entries(data.projects ?? {}).map(([path, project]) => ({
      name: path,
      id: project.id ?? null,
      ref: project.ref ?? null,
      token: source({ file, keys: [...keys, 'projects', path], data: project }, 'token'),
    }))
    return {
      name,
      url: data.url ?? null,
      is_default: name === usual,
      project: textOrNull(data.project),
      ref: data.ref ?? null,
      token: source(entry, 'token'),
      api_token: source(entry, 'apiToken'),
      projects,
      origin: originIn(file, keys),
    }
  })
}

/** A recipe with those that it extends; alone where they cannot be found. */
function chainOf(config: Config, name: string): ConfigNode<Recipe>[] {
  try {
    return recipeChain(config, name)
  } catch (error) {
    if (!(error instanceof TriggerError)) throw error
    const own = recipeNamed(config, name)
    return own ? [own] : []
  }
}

/** A recipe of the config files, with what it takes over from those that it extends. */
export function configuredRecipe(config: Config, name: string): ListedRecipe {
  const chain = chainOf(config, name)
  const first = <Value>(read: (recipe: Recipe) => Value | undefined): Value | undefined =>
    chain.map(({ data }) => read(data)).find((value) => value !== undefined)
  const shared = {
    server: first(({ server }) => server),
    project: first(({ project }) => project),
    ref: first(({ ref }) => ref),
  }
  const targets = (first(({ targets }) => targets) ?? [{}]).map((target) => {
    const { server, project, ref } = { ...shared, ...target }
    return { server: server ?? null, project: textOrNull(project), ref: ref ?? null }
  })
  const [own] = chain
  return {
    name,
    extends: own?.data.extends ?? null,
    targets,
    origin: own ? originIn(own.file, own.keys) : '',
  }
}
