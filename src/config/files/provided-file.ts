import { realpathSync } from 'node:fs'
import { isAbsolute, relative } from 'node:path'
import type { Context } from '../../core/context.ts'
import { fromEnv, type Origin } from '../setting.ts'

/** Who reads a file, and in which surroundings: this decides whether others may have touched it. */
export type FileUser = Pick<
  Context,
  'uid' | 'env' | 'secretsFolder' | 'canFilesHang' | 'interrupted' | 'outputs'
>

/** A folder in which the system provides secrets for this program alone. */
export interface SecretFolder {
  folder: string
  origin: Origin
}

/** The folders of systemd credentials (LoadCredential=) and of Docker, Podman and Kubernetes secrets. */
export function secretFolders({
  env,
  secretsFolder,
}: Pick<FileUser, 'env' | 'secretsFolder'>): SecretFolder[] {
  const given = fromEnv(env, 'CREDENTIALS_DIRECTORY')
  const systemd =
    given && isAbsolute(given.value) ? [{ folder: given.value, origin: 'systemd credential' }] : []
  const container =
    secretsFolder === undefined ? [] : [{ folder: secretsFolder, origin: 'secret of this container' }]
  return [...systemd, ...container]
}

/** The same folder in images in which /var/run is no link to /run. */
const otherSecretsFolder = '/var/run/secrets'

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** Whether a file is below a folder; `real` is the file's real path. A name may begin with dots: `..data`. */
function isInside(real: string, folder: string): boolean {
  const inside = relative(realPath(folder), real)
  return inside !== '' && inside !== '..' && !inside.startsWith('../') && !isAbsolute(inside)
}

/**
 * Whether a file is one of the job of a GitLab runner: in the checkout, next to it (`$CI_PROJECT_DIR.tmp`, where file variables are),
 * or the value of a variable. A runner with containers gives all of them mode 0666 (docs/decisions/0055-who-can-touch-a-file.md).
 */
function isOfCiJob(real: string, path: string, env: Context['env']): boolean {
  if (!fromEnv(env, 'GITLAB_CI')) return false
  const project = fromEnv(env, 'CI_PROJECT_DIR')?.value
  if (project === undefined) return true
  return (
    [project, `${project}.tmp`].some((folder) => isInside(real, folder)) || Object.values(env).includes(path)
  )
}

/**
 * Whether the system has put a file there for this program alone, so that modes and owner say nothing: Docker uses 0444, systemd an
 * ACL, GitLab's runner 0666. `real` is its real path, so that a link out of such a folder does not count, and one into it does.
 */
export function isProvided(real: string, path: string, user: FileUser): boolean {
  const folders = [...secretFolders(user).map(({ folder }) => folder), otherSecretsFolder]
  return folders.some((folder) => isInside(real, folder)) || isOfCiJob(real, path, user.env)
}

/** Whether a real path is in a volume of Kubernetes, wherever that is mounted: its files are in a folder named by the time. */
export function isInKubernetesVolume(real: string): boolean {
  return /\/\.\.\d{4}(_\d\d){5}\.\d+\//.test(real)
}
