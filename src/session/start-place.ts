import { fromEnv } from '../config/setting.ts'
import type { Context } from '../core/context.ts'

/** Variables by which a place is known whose host name is new for each run, and those that say which it is. */
const places: readonly (readonly [sign: string, names: readonly string[]])[] = [
  ['GITLAB_CI', ['CI_PROJECT_ID', 'CI_JOB_NAME']],
  ['GITHUB_ACTIONS', ['GITHUB_REPOSITORY', 'GITHUB_WORKFLOW', 'GITHUB_JOB']],
  ['CI', ['JOB_NAME']],
  // The address of the cluster's API server, which every pod has: it differs from cluster to cluster, never from pod to pod.
  ['KUBERNETES_SERVICE_HOST', ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT']],
]

/** What is new in the name of a CronJob's pod (time and suffix), and the whole name of a Docker or Podman container. */
const drawn = /-\d{8}-[a-z0-9]{5}$|^[0-9a-f]{12}$/

/**
 * Where a run starts, by words that are the same from night to night: the host name; in a CI job the project and the job,
 * in Kubernetes the cluster, since there each run has another host name.
 */
export function startPlace({ env, me }: Pick<Context, 'env' | 'me'>): string {
  const found = places.find(([sign]) => fromEnv(env, sign))
  if (!found) return me().host.replace(drawn, '')
  const [sign, names] = found
  return JSON.stringify([sign, ...names.map((name) => fromEnv(env, name)?.value ?? '')])
}
