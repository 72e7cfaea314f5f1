import { createHash } from 'node:crypto'
import { realpath, stat } from 'node:fs/promises'
import { decodeText } from '../config/files/decode-text.ts'
import { absolutePath } from '../config/files/places.ts'
import { checkFileSafely, readFileSafely } from '../config/files/read-file-safely.ts'
import type { SharedReads } from '../config/shared-reads.ts'
import type { Context } from '../core/context.ts'
import { asTriggerError, configError } from '../core/errors.ts'
import type { BatchPlan } from './plan/batch-plan.ts'
import { holdsToken } from './plan/holds-token.ts'
import type { LocatedError } from './plan/plan-problems.ts'
import { maxPlanBytes, readPlan } from './plan/read-plan.ts'

/** A plan, and the name under which its journal is kept. */
export interface LoadedPlan {
  plan: BatchPlan
  /** The real path; of standard input and of pipes, which have none, a hash of what came. */
  journalName: string
  /** Whether the path will name the same plan later. */
  isFile: boolean
}

/** The real path of a file; undefined of a pipe, such as `<(...)`: it names something else the next time. */
async function realOf(path: string): Promise<string | undefined> {
  const isFile = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  )
  return isFile ? realpath(path).catch(() => undefined) : undefined
}

/** Reads and checks a plan: a file, or standard input (`-`). Throws usage errors. */
export async function loadPlan(word: string, reads: SharedReads, context: Context): Promise<LoadedPlan> {
  const isStdin = word === '-'
  const path = isStdin ? undefined : absolutePath(word, context)
  const bytes =
    path === undefined
      ? await reads.stdin('the plan (-)', maxPlanBytes)
      : await readFileSafely(path, 'batch', {
          maxSize: maxPlanBytes,
          mayBePipe: true,
          trustedBy: { ...context, interrupted: reads.signal },
        })
  const place = isStdin ? 'standard input' : word
  const text = decodeText(bytes, place)
  // About as many targets as lines: reading them is already part of it.
  await context.tuneForMany?.((text.match(/\n/g)?.length ?? 0) + 1)
  const real = path === undefined ? undefined : await realOf(path)
  const plan = readPlan({ place, realPath: real, text })
  const unsafe = real !== undefined && holdsToken(plan) ? await openToOthers(real, context) : []
  const hash = createHash('sha256').update(bytes).digest('hex')
  return {
    plan: { ...plan, problems: [...unsafe, ...plan.problems] },
    journalName: real ?? `standard input ${hash}`,
    isFile: real !== undefined,
  }
}

/** That others can read a plan with a token. */
async function openToOthers(path: string, context: Context): Promise<LocatedError[]> {
  try {
    await checkFileSafely(path, 'batch', { maxSize: Infinity, secretOf: context, refuse: configError })
    return []
  } catch (error) {
    return [{ line: 0, error: asTriggerError(error, { kind: 'none' }) }]
  }
}
