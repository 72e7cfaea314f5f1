import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../../core/context.ts'
import { secretFolders } from '../files/provided-file.ts'
import type { Origin } from '../setting.ts'

/** The mounted secret of that name. Undefined if there is none. */
export function mountedSecret(
  name: 'gitlab_trigger_token' | 'gitlab_trigger_api_token',
  context: Pick<Context, 'env' | 'secretsFolder'>,
): { path: string; origin: Origin } | undefined {
  return secretFolders(context)
    .map(({ folder, origin }) => ({ path: join(folder, name), origin }))
    .find(({ path }) => existsSync(path))
}
