import { usageError } from '../core/errors.ts'
import { shellQuote } from '../core/text/shell-quote.ts'
import type { When } from './when.ts'

/** Longest command of Debian's cron, in bytes. */
const maxBytes = 998

/**
 * Escapes a shell line for a crontab. cron ends the command at the first `%` without a backslash and removes
 * a backslash before `%`. If the text has a backslash there, empty quotes protect it.
 */
export function cronQuote(line: string): string {
  return line.replace(/(\\*)%/g, (_, slashes: string) =>
    slashes.length % 2 === 0 ? `${slashes}\\%` : `${slashes}''\\%`,
  )
}

/** A crontab line. Throws a usage error if the command has a line end or is too long. */
export function crontabLine({ text }: When, shellLine: string): string {
  if (shellLine.includes('\n')) {
    throw usageError(
      'a crontab line cannot hold a line end',
      'Put that value into a file (--var-file KEY=PATH), or everything into a recipe of the config.',
    )
  }
  const line = cronQuote(shellLine)
  if (Buffer.byteLength(line) > maxBytes) {
    throw usageError(
      `the command has ${Buffer.byteLength(line)} bytes; cron accepts ${maxBytes}`,
      'Put it into a recipe of the config: gitlab-trigger run NAME.',
    )
  }
  return `${text} ${line}`
}

/** A shell line that runs another one in the environment of cron jobs. */
export function inCronEnvironment(line: string, { user, home }: { user: string; home: string }): string {
  const variables = `HOME=${shellQuote(home)} LOGNAME=${shellQuote(user)}`
  return `env -i ${variables} SHELL=/bin/sh PATH=/usr/bin:/bin /bin/sh -c ${shellQuote(line)}`
}
