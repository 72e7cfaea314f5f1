import { resumeKey } from '../../config/variables/resume.ts'
import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import type { RunFlags } from '../../options/run.ts'

/** Throws usage errors for flags about being triggered only once that cannot be kept. */
export function checkOnceFlags(flags: RunFlags, { env }: Context): void {
  if (flags.resume) resumeKey(env)
  if (flags.once === '') throw usageError('--once: the key is empty', 'Give a word that names this trigger.')
  if (flags.everywhere) refuseEverywhere(flags)
}

/** Throws a usage error where --everywhere has no key to search for, or --no-verify forbids the search. */
function refuseEverywhere({ once, verify }: RunFlags): void {
  if (once === undefined)
    throw usageError('--everywhere needs --once KEY', 'Add --once KEY, or leave --everywhere out.')
  if (verify === false)
    throw usageError('--everywhere and --no-verify cannot be used together', 'Leave one of them out.')
}
