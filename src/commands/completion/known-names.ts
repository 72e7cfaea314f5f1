import { join } from 'node:path'
import { resolveServerSettings } from '../../config/access.ts'
import { tokenSources } from '../../config/credentials/token-sources.ts'
import { findConfig } from '../../config/files/find-config.ts'
import { placesFor } from '../../config/files/places.ts'
import { namesOf } from '../../config/layers.ts'
import { resolvePlan, type PlanFlags } from '../../config/plan.ts'
import { startBudget } from '../../core/budget.ts'
import type { Context } from '../../core/context.ts'
import { firstAllowed } from '../../gitlab/api/first-allowed.ts'
import type { Client } from '../../gitlab/api/client.ts'
import { searchProjects } from '../../gitlab/resources/projects.ts'
import { listRefs } from '../../gitlab/resources/refs.ts'
import type { CredentialFlags, TransportFlags } from '../../options/shared.ts'
import { sessionOptions } from '../../session/retry-policy.ts'
import { openServer } from '../../session/server-client.ts'
import { cachedNames } from '../../state/name-cache.ts'

/** How long a server may take, in ms: a user waits with a finger on Tab. */
const limitMs = 300
const most = 100

type Names = readonly (readonly [word: string, meaning: string])[]
type Flags = PlanFlags & CredentialFlags & TransportFlags

/** The flags that say where the server is and as whom it is asked. What else was typed has no part in it, tokens least of all. */
const kept = [
  'server',
  'project',
  'config',
  'api',
  'apiTokenFile',
  'proxy',
  'cacert',
  'cert',
  'key',
  'insecure',
  'allowHttp',
]

async function configured(kind: 'servers' | 'recipes', flags: Flags, context: Context): Promise<Names> {
  const config = await findConfig(flags, context, () => undefined)
  return namesOf(config, kind).map((name) => [name, kind.slice(0, -1)] as const)
}

/** What is asked of a server, if an API token is known without starting a program that might ask the user for something. */
async function asked(
  kind: 'projects' | 'refs',
  prefix: string,
  flags: Flags,
  context: Context,
  signal: AbortSignal,
  deadline: number,
): Promise<Names> {
  const plan = await resolvePlan(flags, undefined, context)
  const [target] = plan.targets
  const project = kind === 'refs' ? target?.project?.value : ''
  const { state } = placesFor(context)
  if (!target?.server || project === undefined || state === undefined) return []
  const { server, tokens } = target
  const { apiToken } = tokenSources({ server, tokens }, plan, flags, context, signal)
  if (!apiToken || apiToken.program !== undefined) return []
  const access = await resolveServerSettings(plan, flags, context, signal)
  if (!access.apiToken) return []
  const options = sessionOptions(0, context, { signal, deadline }, () => Promise.resolve())
  const opened = openServer(access, options, context)
  const find = async (client: Client): Promise<string[]> => {
    if (kind === 'refs') return (await listRefs(client, prefix, most)).map(({ ref }) => ref)
    const { projects } = await searchProjects(client, prefix, prefix === '', most)
    return projects.map(({ path }) => path)
  }
  try {
    const key = [kind, server.value.base, project, prefix, access.apiToken.value.reveal()]
    const names = await cachedNames(
      join(state, 'completion'),
      key,
      context.wallTime(),
      { ...context, fileCallMs: limitMs },
      async () => {
        const tried = await firstAllowed(opened.tries, access.api.value, opened.open(project), find)
        return tried.isAllowed ? tried.found : []
      },
    )
    return names.map((name) => [name, kind === 'refs' ? 'branch or tag' : 'project'] as const)
  } finally {
    opened.session.close()
  }
}

/** Names of servers and recipes of the config, and of projects and refs that the server gives in time. None where that does not work. */
export async function knownNames(
  kinds: readonly ('servers' | 'recipes' | 'projects' | 'refs')[],
  prefix: string,
  typed: Readonly<Record<string, string | boolean>>,
  context: Context,
): Promise<Names> {
  const flags = Object.fromEntries(Object.entries(typed).filter(([key]) => kept.includes(key))) as Flags
  const found = await Promise.all(
    kinds.map(async (kind) => {
      if (kind === 'servers' || kind === 'recipes') return configured(kind, flags, context).catch(() => [])
      const budget = startBudget(context, limitMs)
      try {
        return await asked(kind, prefix, flags, context, budget.signal, budget.deadline)
      } catch {
        return []
      } finally {
        budget.end()
      }
    }),
  )
  return found.flat()
}
