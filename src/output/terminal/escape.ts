import { escapeControls } from '../../core/text/escape-char.ts'

export { escapeControls, escapeJson } from '../../core/text/escape-char.ts'

/** Makes control, bidi and zero-width characters visible in one line: line ends and tabs become blanks. */
export function escapeLine(text: string): string {
  return escapeControls(text.replace(/[\r\n\t]+/g, ' '))
}
