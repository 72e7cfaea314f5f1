import { dump } from 'js-yaml'
import { hexOf, invisible } from '../core/text/invisible.ts'

function escaped(yamlText: string): string {
  return yamlText.replace(invisible, (char) => {
    if (char === '\n') return char
    return char.length === 1 ? `\\u${hexOf(char, 4)}` : `\\U${hexOf(char, 8)}`
  })
}

/**
 * Formats data as YAML that every parser reads alike: no folded lines, no references, invisible characters escaped. Only
 * double quotes can hold an escape, so if there is such a character, every value is put between them; keys may hold none.
 */
export function yaml(data: unknown): string {
  const options = { lineWidth: -1, noRefs: true }
  const text = dump(data, options)
  return escaped(text) === text
    ? text
    : escaped(dump(data, { ...options, forceQuotes: true, quotingType: '"' }))
}
