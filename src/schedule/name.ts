import { createHash } from 'node:crypto'
import { usageError } from '../core/errors.ts'

/** What makes two schedules the same one. Variables do not: an edited schedule replaces its old self. */
export interface ScheduleIdentity {
  recipe: string | undefined
  targets: readonly { server: string; project: string; ref: string }[]
}

/** Kubernetes appends 11 characters to the name of a CronJob, and takes 63. */
const maxLength = 52
const hashDigits = 8

/** Keys of .gitlab-ci.yml that are no jobs. */
const keywords = new Set(
  'image services stages types variables cache include default workflow spec pages true false nil'.split(' '),
)

/**
 * A name for systemd, Kubernetes and GitLab: what can be read of recipe, or project and ref, in lower-case letters, digits and
 * dashes, then a hash of everything, because `rel_1` and `Rel/1`, two long paths or two servers look alike.
 */
export function scheduleName({ recipe, targets }: ScheduleIdentity): string {
  const all = targets.map(({ server, project, ref }) => [server, project, ref])
  const hash = createHash('sha256')
    .update(JSON.stringify([recipe ?? null, ...all]))
    .digest('hex')
  const [first] = targets
  const readable = ['gitlab-trigger', recipe ?? `${first?.project ?? ''}-${first?.ref ?? ''}`]
    .join('-')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, maxLength - hashDigits - 1)
    .replace(/-+$/, '')
  return `${readable}-${hash.slice(0, hashDigits)}`
}

/** Checks a name that was typed. Throws a usage error if systemd, Kubernetes or GitLab would not take it. */
export function parseScheduleName(name: string): string {
  if (name.length <= maxLength && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) && !keywords.has(name))
    return name
  throw usageError(
    `--name: "${name.slice(0, 60)}" cannot be the name of a schedule`,
    `Use lower-case letters, digits and dashes between them, at most ${maxLength}, and no keyword of .gitlab-ci.yml.`,
  )
}
