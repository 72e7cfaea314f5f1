import { existsSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'
import type { Context } from '../../core/context.ts'
import { fromEnv, type Origin } from '../setting.ts'

/** A folder in which the system puts secrets for this program alone. */
interface Mount {
  folder: string
  origin: Origin
}

/** systemd's credentials (LoadCredential=), then what Docker, Podman and Kubernetes mount. */
function mounts({ env, secretsFolder }: Pick<Context, 'env' | 'secretsFolder'>): Mount[] {
  const given = fromEnv(env, 'CREDENTIALS_DIRECTORY')
  const systemd =
    given && isAbsolute(given.value) ? [{ folder: given.value, origin: 'systemd credential' }] : []
  return [...systemd, { folder: secretsFolder, origin: 'secret of this container' }]
}

/** A secret that is there by its usual name; undefined where it is not. */
export function mountedSecret(
  name: 'gitlab_trigger_token' | 'gitlab_trigger_api_token',
  context: Pick<Context, 'env' | 'secretsFolder'>,
): { path: string; origin: Origin } | undefined {
  const found = mounts(context)
    .map(({ folder, origin }) => ({ path: join(folder, name), origin }))
    .find(({ path }) => existsSync(path))
  return found
}

/** Whether a file is in one of those folders. Docker gives them mode 0444, systemd an ACL: their folder keeps others out, not their mode. */
export function isMounted(path: string, context: Pick<Context, 'env' | 'secretsFolder'>): boolean {
  return mounts(context).some(({ folder }) => {
    const inside = relative(folder, path)
    return inside !== '' && !inside.startsWith('..') && !isAbsolute(inside)
  })
}
