import { shellQuote } from '../core/text/shell-quote.ts'
import type { SecretFile, TimedJob } from './job.ts'
import { yaml } from './yaml.ts'

/** The id of an unprivileged user without an account. */
const nobody = 65_532

/** Doubles dollar signs, because Kubernetes expands `$(NAME)`. */
export function escapeArgument(word: string): string {
  return word.replaceAll('$', '$$$$')
}

/** The CronJob as data: one Pod at a time, never restarted, since that could create a second pipeline. */
export function cronJob({ name, when, zone, commands }: TimedJob, image: string): Record<string, unknown> {
  const [words = []] = commands
  const container = {
    name: 'gitlab-trigger',
    image,
    command: ['gitlab-trigger', ...words.map(escapeArgument)],
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'tokens', mountPath: '/run/secrets', readOnly: true }],
  }
  const pod = {
    // Otherwise each night's pod has another host name.
    hostname: name,
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: nobody,
      runAsGroup: nobody,
      fsGroup: nobody,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [container],
    volumes: [{ name: 'tokens', secret: { secretName: name, defaultMode: 0o440 } }],
  }
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name },
    spec: {
      schedule: when.text,
      timeZone: zone,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 600,
      jobTemplate: { spec: { backoffLimit: 0, template: { spec: pod } } },
    },
  }
}

/**
 * The manifest with comments on how to create the secret and how to test it. Each CronJob has a secret of its own: a token belongs
 * to one project of one server.
 */
export function kubernetesManifest(job: TimedJob, image: string, secrets: readonly SecretFile[]): string {
  // A comment ends with its line.
  const file = (path: string): string => (path.includes('\n') ? 'PATH' : shellQuote(path))
  const files = secrets.map(({ name, path }) => `--from-file=${name}=${file(path)}`)
  return [
    `# Run this once before: kubectl create secret generic ${job.name} ${files.join(' ')}\n`,
    yaml(cronJob(job, image)),
    `# Test it now (it starts a pipeline): kubectl create job ${job.name}-now --from=cronjob/${job.name}\n`,
  ].join('')
}
