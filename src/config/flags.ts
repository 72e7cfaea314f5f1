// For trigger/ and pipelines/ only, until they take settings instead of flags.
export type { RunFlags } from '../options/run.ts'
