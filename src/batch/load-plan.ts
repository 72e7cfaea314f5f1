import { createHash } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { decodeText } from '../config/files/decode-text.ts'
import { absolutePath } from '../config/files/places.ts'
import { readFileSafely } from '../config/files/read-file-safely.ts'
import type { SharedReads } from '../config/settings.ts'
import type { Context } from '../core/context.ts'
import type { BatchPlan } from './plan/batch-plan.ts'
import { readPlan } from './plan/read-plan.ts'

/** The largest plan, in bytes. */
const maxSize = 16 * 1024 * 1024

/** A plan, and the name under which its journal is kept. */
export interface LoadedPlan {
  plan: BatchPlan
  /** The real path; of standard input and of pipes, which have none, a hash of what came. */
  journalName: string
}

/** Reads and checks a plan: a file, or standard input (`-`). Throws usage errors. */
export async function loadPlan(word: string, reads: SharedReads, context: Context): Promise<LoadedPlan> {
  const isStdin = word === '-'
  const path = isStdin ? undefined : absolutePath(word, context)
  const bytes =
    path === undefined
      ? await reads.stdin('the plan (-)')
      : await readFileSafely(path, 'batch', { maxSize, mayBePipe: true, trustedBy: context })
  const place = isStdin ? 'standard input' : word
  const text = decodeText(bytes, place)
  const real = path === undefined ? undefined : await realpath(path)
  const isFile = real !== undefined && !/^\/(dev|proc)\//.test(real)
  const plan = readPlan({ place, realPath: isFile ? real : undefined, text })
  const hash = createHash('sha256').update(bytes).digest('hex')
  return { plan, journalName: isFile ? real : `standard input ${hash}` }
}
