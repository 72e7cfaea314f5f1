import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../../core/context.ts'
import { secretFolders } from '../files/provided-file.ts'
import type { Origin } from '../setting.ts'

type Name = 'gitlab_trigger_token' | 'gitlab_trigger_api_token'
type World = Pick<Context, 'env' | 'secretsFolder'>
type Mounted = { path: string; origin: Origin } | undefined

/** What was found for a context. Each of the thousands of targets of a batch asks for the same two files. */
const found = new WeakMap<World, Map<Name, Mounted>>()

/** The mounted secret of that name. Undefined if there is none. A context is searched once. */
export function mountedSecret(name: Name, context: World): Mounted {
  const ofContext = found.get(context) ?? new Map<Name, Mounted>()
  found.set(context, ofContext)
  if (!ofContext.has(name)) ofContext.set(name, search(name, context))
  return ofContext.get(name)
}

function search(name: Name, context: World): Mounted {
  return secretFolders(context)
    .map(({ folder, origin }) => ({ path: join(folder, name), origin }))
    .find(({ path }) => existsSync(path))
}
