import type { Context } from '../../core/context.ts'
import { dropControlStrings } from '../../core/text/control-strings.ts'
import { escapeLine } from './escape.ts'

/** The characters that a view may use: for text from servers, and its own symbols. */
export interface Glyphs {
  /** Makes text from a server one safe line without secrets. Call it before cutting the text. */
  printable(text: string): string
  isUnicode: boolean
  arrow: string
  /** Marks the end of a line that was cut. */
  ellipsis: string
}

/** Whether the output may be UTF-8: by the locale, without one only in CI logs and Windows terminals. */
export function wantsUnicode(env: Context['env']): boolean {
  const isSet = (name: string): boolean => (env[name] ?? '') !== ''
  const locale = ['LC_ALL', 'LC_CTYPE', 'LANG'].find(isSet)
  if (locale !== undefined) return /utf-?8/i.test(env[locale] ?? '')
  return ['CI', 'GITLAB_CI', 'GITHUB_ACTIONS', 'WT_SESSION'].some(isSet)
}

const codePointText = (char: string): string =>
  `<U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`

/** The glyphs for this environment. */
export function glyphsFor({ env, secrets }: Pick<Context, 'env' | 'secrets'>): Glyphs {
  const isUnicode = wantsUnicode(env)
  // A lone surrogate is written as U+FFFD, and has the width of that. A control string may stand in a secret.
  const clean = (text: string): string => escapeLine(secrets.redact(dropControlStrings(text.toWellFormed())))
  return {
    printable: isUnicode ? clean : (text) => clean(text).replace(/[^ -~]/gu, codePointText),
    isUnicode,
    arrow: isUnicode ? '\u2192' : '->',
    ellipsis: isUnicode ? '\u2026' : '...',
  }
}
