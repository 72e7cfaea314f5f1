import { existsSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'
import type { Context } from '../../core/context.ts'
import { fromEnv, type Origin } from '../setting.ts'

/** A folder in which the system provides secrets for this program alone. */
interface Mount {
  folder: string
  origin: Origin
}

/** The folders of systemd credentials (LoadCredential=) and of Docker, Podman and Kubernetes secrets. */
function mounts({ env, secretsFolder }: Pick<Context, 'env' | 'secretsFolder'>): Mount[] {
  const given = fromEnv(env, 'CREDENTIALS_DIRECTORY')
  const systemd =
    given && isAbsolute(given.value) ? [{ folder: given.value, origin: 'systemd credential' }] : []
  return [...systemd, { folder: secretsFolder, origin: 'secret of this container' }]
}

/** The mounted secret of that name. Undefined if there is none. */
export function mountedSecret(
  name: 'gitlab_trigger_token' | 'gitlab_trigger_api_token',
  context: Pick<Context, 'env' | 'secretsFolder'>,
): { path: string; origin: Origin } | undefined {
  const found = mounts(context)
    .map(({ folder, origin }) => ({ path: join(folder, name), origin }))
    .find(({ path }) => existsSync(path))
  return found
}

/**
 * Whether a file is in one of those folders. Access is restricted by the folder, not by the file's mode:
 * Docker uses 0444, systemd an ACL.
 */
export function isMounted(path: string, context: Pick<Context, 'env' | 'secretsFolder'>): boolean {
  return mounts(context).some(({ folder }) => {
    const inside = relative(folder, path)
    return inside !== '' && !inside.startsWith('..') && !isAbsolute(inside)
  })
}
