import type { TargetProgress } from '../batch-events.ts'
import { exitCodes, worstOf, type ExitName } from '../core/exit-codes.ts'
import { keysOf } from '../core/keys-of.ts'

/** What an exit code stands for: where a target's own codes replace ours, the one that it was replaced by, if it is one of ours. */
function meaningOf({ exit = 'internal', exitCode }: TargetProgress): ExitName {
  if (exitCodes[exit].code === exitCode) return exit
  return keysOf(exitCodes).find((name) => exitCodes[name].code === exitCode) ?? exit
}

/** The exit code of a batch: the worst of its targets' (docs/guarantees.md#11). */
export function batchExitCode(targets: readonly TargetProgress[]): number {
  const worst = worstOf(targets.map(meaningOf))
  return targets.find((each) => meaningOf(each) === worst)?.exitCode ?? exitCodes.success.code
}
