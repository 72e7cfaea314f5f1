/** An assignment in a dotenv file, and the line (from 1) where it begins. */
export interface DotenvEntry {
  key: string
  value: string
  line: number
}

/** A line of a dotenv file (from 1) that is not an assignment. The message never shows its text. */
export class DotenvError extends Error {
  override name = 'DotenvError'
  readonly line: number

  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t' }

/** Unescapes text in double quotes: `\n`, `\r`, `\t`, `\"`, `\\` and `\$`. Other backslashes are kept. */
function unescape(text: string): string {
  return text.replace(/\\([nrt"\\$])/g, (_, char: string) => escapes[char] ?? char)
}

const assignment = /^[ \t]*(?:export[ \t]+)?([^\s=#'"]+)[ \t]*=/
const quoted = /^[ \t]*(?:'([^']*)'|"([^"\\]*(?:\\[\s\S][^"\\]*)*)")[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/
const bare = /^([^\n]*?)(?:[ \t]+#[^\n]*)?(?:\r?\n|$)/
const blankOrComment = /^[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/

/**
 * Parses a dotenv text. Accepts LF and CRLF, one leading byte order mark, `export` and comments. Quoted
 * values may span lines; text in single quotes is literal; nothing is expanded. Throws a DotenvError (T95).
 */
export function parseDotenv(text: string): DotenvEntry[] {
  const entries: DotenvEntry[] = []
  let rest = text.replace(/^\uFEFF/, '')
  let line = 1
  const take = (length: number): void => {
    line += rest.slice(0, length).split('\n').length - 1
    rest = rest.slice(length)
  }
  while (rest !== '') {
    const skip = blankOrComment.exec(rest)
    if (skip) {
      take(skip[0].length)
      continue
    }
    const start = assignment.exec(rest)
    if (!start) throw new DotenvError('not of the form KEY=VALUE', line)
    const begin = line
    take(start[0].length)
    const isQuoted = /^[ \t]*["']/.test(rest)
    const match = (isQuoted ? quoted : bare).exec(rest)
    if (!match)
      throw new DotenvError('a quoted value is not closed, or text follows its closing quote', begin)
    const value = isQuoted ? (match[1] ?? unescape(match[2] ?? '')) : (match[1] ?? '').trim()
    entries.push({ key: start[1] ?? '', value, line: begin })
    take(match[0].length)
  }
  return entries
}
