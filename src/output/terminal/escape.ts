import { dropControlStrings } from '../../core/text/control-strings.ts'
import { escapeCharacters, isPlain } from '../../core/text/escape-char.ts'

export { escapeControls, escapeJson } from '../../core/text/escape-char.ts'

/**
 * Makes control, bidi and zero-width characters visible in one line: line ends and tabs become blanks, strings that control a
 * terminal are dropped.
 */
export function escapeLine(text: string): string {
  const shown = isPlain(text) ? text : dropControlStrings(text)
  return escapeCharacters(shown.replace(/[\r\n\t]+/g, ' '))
}
