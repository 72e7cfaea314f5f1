import type { Context, OutputStream } from '../../core/context.ts'

/** Functions that highlight text. */
export interface Style {
  good(text: string): string
  bad(text: string): string
  warn(text: string): string
  busy(text: string): string
  faint(text: string): string
  strong(text: string): string
}

const unchanged = (text: string): string => text

/** A style without colours. */
export const plain: Style = {
  good: unchanged,
  bad: unchanged,
  warn: unchanged,
  busy: unchanged,
  faint: unchanged,
  strong: unchanged,
}

/**
 * Whether a stream gets colours (wishes.md section 6). --no-color, NO_COLOR and FORCE_COLOR=0 turn them off,
 * other values of FORCE_COLOR and CLICOLOR_FORCE turn them on; by default terminals have them unless
 * TERM=dumb.
 */
export function wantsColor(
  stream: Pick<OutputStream, 'isTTY'>,
  env: Context['env'],
  flag?: boolean,
): boolean {
  const isSet = (name: string): boolean => (env[name] ?? '') !== ''
  if (flag === false || isSet('NO_COLOR')) return false
  if (isSet('FORCE_COLOR')) return !['0', 'false'].includes(env['FORCE_COLOR'] ?? '')
  if (isSet('CLICOLOR_FORCE') && env['CLICOLOR_FORCE'] !== '0') return true
  return stream.isTTY && env['TERM'] !== 'dumb' && env['CLICOLOR'] !== '0'
}

/** The style for a stream. chalk is only loaded if there are colours. */
export async function styleFor(
  stream: Pick<OutputStream, 'isTTY'>,
  env: Context['env'],
  flag?: boolean,
): Promise<Style> {
  if (!wantsColor(stream, env, flag)) return plain
  const { Chalk } = await import('chalk')
  const chalk = new Chalk({ level: 1 })
  return {
    good: chalk.green,
    bad: chalk.red,
    warn: chalk.yellow,
    busy: chalk.cyan,
    faint: chalk.dim,
    strong: chalk.bold,
  }
}
