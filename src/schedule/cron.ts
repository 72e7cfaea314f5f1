import { usageError } from '../core/errors.ts'
import { shellQuote } from '../core/shell-quote.ts'
import type { When } from './when.ts'

/** Debian's cron takes no longer command, in bytes. */
const longest = 998

/**
 * A shell line for a crontab: cron ends it at the first `%` without a backslash, and takes one backslash away before a `%`. After a backslash
 * that belongs to the text the quotes are closed and opened, or cron would take that one.
 */
export function cronQuote(line: string): string {
  return line.replace(/(\\*)%/g, (_, slashes: string) =>
    slashes.length % 2 === 0 ? `${slashes}\\%` : `${slashes}''\\%`,
  )
}

/** A crontab line. Throws a usage error for a command that no crontab can hold. */
export function crontabLine({ text }: When, shellLine: string): string {
  if (shellLine.includes('\n')) {
    throw usageError(
      'a crontab line cannot hold a line end',
      'Put that value into a file (--var-file KEY=PATH), or everything into a recipe of the config.',
    )
  }
  const line = cronQuote(shellLine)
  if (Buffer.byteLength(line) > longest) {
    throw usageError(
      `the command has ${Buffer.byteLength(line)} bytes; cron takes ${longest}`,
      'Put it into a recipe of the config: gitlab-trigger run NAME.',
    )
  }
  return `${text} ${line}`
}

/** A shell line that runs another one in the environment that cron gives to a command. */
export function asCron(line: string, { user, home }: { user: string; home: string }): string {
  const own = `HOME=${shellQuote(home)} LOGNAME=${shellQuote(user)}`
  return `env -i ${own} SHELL=/bin/sh PATH=/usr/bin:/bin /bin/sh -c ${shellQuote(line)}`
}
