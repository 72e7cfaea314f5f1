import { usageError, type TriggerError } from '../errors.ts'

/** The usage error for a command behind flags of which one is not its own, so that it was taken for a recipe. */
export const foreignFlag = (command: string): TriggerError =>
  usageError(
    `the command ${command} does not take a flag that stands before it`,
    `gitlab-trigger ${command} --help lists its flags.`,
  )
