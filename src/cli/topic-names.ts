/** What there is help on besides commands. */
export const topicNames = [
  'exit-codes',
  'environment',
  'config',
  'security',
  'variables',
  'cron',
  'gitlab-ci',
  'tokens',
  'json',
] as const
