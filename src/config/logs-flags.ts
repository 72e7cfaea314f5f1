import type { RunFlags } from './flags.ts'

/** The flags of `logs`. */
export interface LogsFlags extends RunFlags {
  job?: string[]
  failed?: true
  lines?: string
  raw?: true
}
