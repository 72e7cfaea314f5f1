import type { RunFlags } from './flags.ts'

/** What was typed for `logs`. */
export interface LogsFlags extends RunFlags {
  job?: string[]
  failed?: true
  lines?: string
  raw?: true
}
