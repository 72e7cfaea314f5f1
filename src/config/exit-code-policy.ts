import { exitCodes, type ExitName } from '../core/exit-codes.ts'
import type { Setting } from './setting.ts'

/** The exit codes that a recipe wants in place of the usual ones, by the usual code. */
export type ExitCodePolicy = ReadonlyMap<string, Setting<number>>

/** The exit code of a run that ended so, under a policy. */
export function exitCodeFor(exit: ExitName, policy: ExitCodePolicy): number {
  const { code } = exitCodes[exit]
  return policy.get(String(code))?.value ?? code
}
