import { nearest } from '../../core/did-you-mean.ts'

/** At most this many jobs are named. */
const most = 20

/** What a user who has named no job of a pipeline may have meant, as `did you mean build?` or `its jobs: lint, unit and 3 more`; '' where it has none. */
export function knownJobs(word: string, names: readonly string[]): string {
  const all = [...new Set(names)]
  const similar = nearest(word, all)
  if (similar !== undefined) return `did you mean ${similar}?`
  const more = all.length > most ? ` and ${all.length - most} more` : ''
  return all.length === 0 ? '' : `its jobs: ${all.slice(0, most).join(', ')}${more}`
}
