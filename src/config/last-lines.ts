import { defaultLogLines } from '../core/defaults.ts'
import { wrongValue } from '../core/text/wrong-value.ts'

/** The number of last lines that are printed of each log; undefined: all of it. Throws a usage error. */
export function lastLinesOf({ lines, failed }: { lines?: string; failed?: true }): number | undefined {
  if (lines === undefined) return failed ? defaultLogLines : undefined
  if (!/^[1-9]\d{0,5}$/.test(lines)) throw wrongValue('--lines', lines, 'not a number from 1 to 999999')
  return Number(lines)
}
