import { Problem } from './problem.ts'
import type { Field } from './tree.ts'

/** Rack 2.2 reads at most this many parameters and bytes of a form or query (docs/gitlab.md#10.5). */
export const urlencodedLimits = { params: 4096, bytes: 4 * 1024 * 1024 }

function unescape(text: string): string {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) throw new Problem('percent')
  return text
    .replaceAll('+', ' ')
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}

/**
 * The fields of a urlencoded text, given as bytes in latin1. Only `&` separates in a body; `;` too in a query
 * (docs/gitlab.md#6).
 */
export function urlencodedFields(text: string, where: 'body' | 'query', limited: boolean): Field[] {
  const separator = where === 'body' ? /& */ : /[&;] */
  const pieces = text.split(separator)
  if (limited && (text.length > urlencodedLimits.bytes || pieces.length > urlencodedLimits.params)) {
    throw new Problem('size')
  }
  return pieces
    .filter((piece) => piece !== '')
    .map((piece) => {
      const equals = piece.indexOf('=')
      const name = equals < 0 ? piece : piece.slice(0, equals)
      const value = equals < 0 ? '' : piece.slice(equals + 1)
      return [unescape(name), Buffer.from(unescape(value), 'latin1')]
    })
}
