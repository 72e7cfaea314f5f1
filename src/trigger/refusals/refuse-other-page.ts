import type { Settings } from '../../config/settings.ts'
import { usageError } from '../../core/errors.ts'

/** What the address of a page in a repository shows: a ref, and maybe a file of it. */
const page = /\/-\/(?:tree|blob|raw|blame|commits)\/([^?#]+)/

/**
 * Throws a usage error where --project is the address of a page of another ref than the one that the config or environment gives: who has
 * copied it means that page, and would start a pipeline elsewhere. Where --ref is typed, that counts.
 */
export function refuseOtherPage(
  { project, ref: typed }: { project?: string; ref?: string },
  { ref }: Pick<Settings, 'ref'>,
): void {
  const shown = page.exec(project ?? '')?.[1]
  if (shown === undefined || typed !== undefined) return
  const name = ref.value.replace(/^refs\/(heads|tags)\//, '')
  if (`${shown}/`.startsWith(`${encodeURI(name)}/`) || `${shown}/`.startsWith(`${name}/`)) return
  throw usageError(
    `--project: the address shows "${shown}", and the ref is "${ref.value}" (${ref.origin})`,
    'Choose one with --ref NAME.',
  )
}
