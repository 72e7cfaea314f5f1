import { usageError } from '../../core/errors.ts'
import { quotedWord } from '../../core/text/shown-word.ts'

/** One part of a key: a run without dots, quotes and blanks, or a text in double quotes (with JSON's escapes), or in single quotes. */
const partPattern = /([^\s."'\\]+)|("(?:[^"\\]|\\.)*")|'([^']*)'/y

const hint = `Join its parts by dots, and quote a part that holds one: 'servers.work.projects."group/site.x".ref'`

function unquoted(text: string): string | undefined {
  try {
    return JSON.parse(text) as string
  } catch {
    return undefined
  }
}

/** The parts of a key that was typed, as `servers.work.url`. Throws a usage error that names `where`. */
export function parseKey(text: string, where: string): string[] {
  const parts: string[] = []
  const refuse = (): never => {
    throw usageError(`${where}:${quotedWord(text) || ' it'} is not a key`, hint)
  }
  for (let at = 0; ; at += 1) {
    partPattern.lastIndex = at
    const found = partPattern.exec(text) ?? refuse()
    const [whole, bare, double, single] = found
    const part = bare ?? (double === undefined ? single : unquoted(double))
    if (part === undefined || part === '') return refuse()
    parts.push(part)
    at += whole.length
    if (at === text.length) return parts
    if (text[at] !== '.') return refuse()
  }
}

/** A key as it can be typed. */
export function keyText(parts: readonly string[]): string {
  return parts.map((part) => (/^[^\s."'\\]+$/.test(part) ? part : JSON.stringify(part))).join('.')
}
