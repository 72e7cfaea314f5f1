/** Keys of a recipe that say how its pipeline is followed and shown; `run` has a flag of the same name for each. */
export const policyKeys = [
  'onManual',
  'play',
  'allowSkipped',
  'failOnWarnings',
  'queueTimeout',
  'runTimeout',
  'reportTimeout',
  'progress',
  'logs',
  'cancelOnTimeout',
] as const
