import type { RunFlags } from '../../options/run.ts'
import { refuseUnusedFollowFlags } from '../../config/follow-flags.ts'
import type { Plan } from '../../config/plan.ts'
import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import { flagName } from '../../core/flag-name.ts'
import { without } from '../../schedule/words.ts'
import { checkUnattendedFlags } from '../../batch/check-unsent.ts'

/** The prefixes of GitLab's tokens. A word like `glossary-` is none. */
const tokenOfGitlab = /\bgl(?:agent|cbt|dt|ffct|ft|imt|oas|pat|ptt|rtr?|soat|wt)-[\w.-]{10,}/

/** Flags whose values are read and never shown. */
const unseen = ['token', 'tokenStdin'] as const

const pairFlags = ['--var', '--input', '--input-json']

/** A text that would be shown, and what to call it. */
interface Shown {
  name: string
  text: string
  /** Of a variable. */
  key: string | undefined
}

function typed(flags: RunFlags): Shown[] {
  return Object.entries(without(flags, unseen)).flatMap(([name, value]) =>
    [value].flat().flatMap((text): Shown[] => {
      if (typeof text !== 'string') return []
      const flag = flagName(name)
      const key = pairFlags.includes(flag) ? text.split('=')[0] : undefined
      return [{ name: key === undefined ? flag : `${flag} ${key}`, text, key }]
    }),
  )
}

function fromFiles({ targets }: Plan): Shown[] {
  return targets.flatMap(({ variables, inputs }) =>
    [...variables, ...inputs].map(({ key, value, origin }) => ({ name: origin, text: value, key })),
  )
}

/**
 * Throws a usage error for a value that holds a token: what is printed would show it. `isElsewhere`: what the config says is printed too. Every
 * secret that is known must have been registered.
 */
export function refuseSecrets(flags: RunFlags, plan: Plan, context: Context, isElsewhere: boolean): void {
  const holdsToken = ({ text }: Shown): boolean =>
    tokenOfGitlab.test(text) || context.secrets.redact(text) !== text
  const found = [...typed(flags), ...(isElsewhere ? fromFiles(plan) : [])].find(holdsToken)
  if (!found) return
  const { name, key } = found
  const instead =
    key === undefined ? '' : isElsewhere ? 'Keep it in a variable there.' : `Use --var-file ${key}=PATH.`
  throw usageError(`${name}: the value holds a token, which would be shown`, instead)
}

/** Rejects flags that make a scheduled run pointless (`--dry-run`) or invalid. Throws usage errors. */
export function refuseIneffective(flags: RunFlags, plan: Plan, context: Context): void {
  const [idle] = (['dryRun', 'curl'] as const).filter((key) => flags[key])
  if (flags.web) throw usageError('--web: an unattended run cannot open a page', 'Leave it out.')
  if (idle !== undefined)
    throw usageError(`${flagName(idle)}: a run with it never triggers anything`, 'Leave it out.')
  refuseUnusedFollowFlags(flags, plan.follow)
  checkUnattendedFlags(flags, context)
}
