import type { Context, OutputStream } from '../../core/context.ts'

/** Ways to set a text apart. */
export interface Style {
  good(text: string): string
  bad(text: string): string
  warn(text: string): string
  busy(text: string): string
  faint(text: string): string
  strong(text: string): string
}

const same = (text: string): string => text

/** No colours at all. */
export const plain: Style = {
  good: same,
  bad: same,
  warn: same,
  busy: same,
  faint: same,
  strong: same,
}

/**
 * Whether a stream gets colours: --no-color and NO_COLOR turn them off, FORCE_COLOR and CLICOLOR_FORCE on, else a terminal that is not
 * dumb has them (wishes.md section 6). FORCE_COLOR=0 turns them off.
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

/** The style for a stream. chalk is loaded only where there is something to colour. */
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
