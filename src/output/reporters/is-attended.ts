import type { Context } from '../../core/context.ts'

/** Whether a user watches the output, in a terminal or a CI log. Otherwise cron mails all of it. */
export function isAttended({ stderr, env }: Pick<Context, 'stderr' | 'env'>): boolean {
  return stderr.isTTY || (env['CI'] ?? '') !== '' || (env['GITLAB_CI'] ?? '') !== ''
}
