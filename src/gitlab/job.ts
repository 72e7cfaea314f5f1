import { membersOf } from './answer.ts'
import { safeId, textOr } from './decode.ts'

/** A job of a pipeline (v3: a build). */
export interface Job {
  id: number
  name: string | null
  stage: string | null
  status: string | null
}

/** The jobs that a trigger led to, oldest first, and whether they certainly are its own. */
export interface FoundJobs {
  jobs: Job[]
  /** Why they may be another trigger's; '' where they cannot. */
  doubt: string
}

/** The jobs in a list of them, oldest first; entries without a usable id are left out. */
export function decodeJobs(list: readonly unknown[]): Job[] {
  // While pages are read, new jobs push others onto the next page: one may come twice.
  const seen = new Set<number>()
  return list
    .flatMap((entry): Job[] => {
      const job = membersOf(entry)
      const id = safeId(job['id'])
      if (id === null || seen.has(id)) return []
      seen.add(id)
      return [{ id, name: textOr(job['name']), stage: textOr(job['stage']), status: textOr(job['status']) }]
    })
    .sort((a, b) => a.id - b.id)
}
