import type { TargetProgress } from '../batch-events.ts'
import { exitCodes, worstOf, type ExitName } from '../core/exit-codes.ts'
import { keysOf } from '../core/keys-of.ts'

/** What an exit code stands for: where a target's own codes replace ours, the one that it was replaced by, if it is one of ours. */
function meaningOf({ exit = 'internal', exitCode }: TargetProgress): ExitName {
  if (exitCodes[exit].code === exitCode) return exit
  return keysOf(exitCodes).find((name) => exitCodes[name].code === exitCode) ?? exit
}

/** How a batch has ended: as the worst of its targets has (docs/guarantees.md#11); of several codes for that the highest counts. */
export function batchExit(targets: readonly TargetProgress[]): { exit: ExitName; exitCode: number } {
  const exit = worstOf(targets.map(meaningOf))
  const codes = targets.filter((each) => meaningOf(each) === exit).map(({ exitCode }) => exitCode)
  return { exit, exitCode: Math.max(exitCodes.success.code, ...codes) }
}
