// For pipelines/ only, until it takes settings instead of flags.
export type { LogsFlags } from '../options/pipelines.ts'
