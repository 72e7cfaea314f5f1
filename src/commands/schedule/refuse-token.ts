import { usageError } from '../../core/errors.ts'
import type { RunFlags } from '../../options/run.ts'
import type { ScheduleFormat } from './order.ts'

/** Where the scheduled run of a CI system gets its token from. */
const ofCi: Partial<Record<ScheduleFormat, string>> = {
  'gitlab-ci': 'its own job token, or the masked variable GITLAB_TRIGGER_TOKEN of that project',
  'github-actions': 'the repository secret GITLAB_TRIGGER_TOKEN',
}

/** The flag that gives a token to this command alone, and why the scheduled run cannot have it. */
function uselessFlag({ token, tokenStdin, tokenFile }: RunFlags): string | undefined {
  if (token !== undefined) return '--token: what is printed contains no token'
  if (tokenStdin) return '--token-stdin: nothing is on standard input when the schedule runs'
  if (tokenFile === '-') return '--token-file -: nothing is on standard input when the schedule runs'
  return undefined
}

/** The sentence that says of a token file that a CI system has none of it; undefined where the scheduled run reads it. */
export function unusedTokenFile({ tokenFile }: RunFlags, form: ScheduleFormat): string | undefined {
  const place = ofCi[form]
  return tokenFile === undefined || place === undefined
    ? undefined
    : `--token-file names a file of this machine and is not used: the run uses ${place}.`
}

/** Throws a usage error for a trigger token that the scheduled run would not get, with the places that it can get one from. */
export function refuseToken(flags: RunFlags, form: ScheduleFormat): void {
  const place = ofCi[form]
  const why = uselessFlag(flags)
  if (why === undefined) return
  throw usageError(
    why,
    place === undefined
      ? 'Leave it out. The token is read from a file: --token-file PATH, or of a server of your config the one that gitlab-trigger config edit-token stores.'
      : `Leave it out. The run uses ${place}.`,
  )
}
