import type { Context } from '../../core/context.ts'

/** Whether somebody looks on: cron has neither a terminal nor CI, and mails whatever is said. */
export function isAttended({ stderr, env }: Pick<Context, 'stderr' | 'env'>): boolean {
  return stderr.isTTY || (env['CI'] ?? '') !== '' || (env['GITLAB_CI'] ?? '') !== ''
}
