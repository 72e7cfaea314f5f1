import type { Context } from '../../core/context.ts'
import { escapeLine } from './escape.ts'

/** How a view writes: what servers said, and its own marks. */
export interface Glyphs {
  /** A text of a server's as one line that is safe to show here, without secrets: before anything is cut off, which could hide a part of one. */
  say(text: string): string
  isUnicode: boolean
  arrow: string
  /** Stands where a line was cut. */
  end: string
}

/**
 * Whether UTF-8 is understood: by the locale as POSIX looks it up. Where none is set, the logs of a CI system and Windows' terminals know it, anything else
 * may not.
 */
export function wantsUnicode(env: Context['env']): boolean {
  const isSet = (name: string): boolean => (env[name] ?? '') !== ''
  const locale = ['LC_ALL', 'LC_CTYPE', 'LANG'].find(isSet)
  if (locale !== undefined) return /utf-?8/i.test(env[locale] ?? '')
  return ['CI', 'GITLAB_CI', 'GITHUB_ACTIONS', 'WT_SESSION'].some(isSet)
}

const code = (char: string): string =>
  `<U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`

/** The pen for a world. */
export function glyphsFor({ env, secrets }: Pick<Context, 'env' | 'secrets'>): Glyphs {
  const isUnicode = wantsUnicode(env)
  // Half a surrogate pair is written as U+FFFD in the end, and has its width.
  const clean = (text: string): string => escapeLine(secrets.redact(text.toWellFormed()))
  return {
    say: isUnicode ? clean : (text) => clean(text).replace(/[^ -~]/gu, code),
    isUnicode,
    arrow: isUnicode ? '\u2192' : '->',
    end: isUnicode ? '\u2026' : '...',
  }
}
