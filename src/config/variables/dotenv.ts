/** An assignment in a dotenv file, and the line (from 1) where it begins. */
export interface DotenvEntry {
  key: string
  value: string
  line: number
}

/** A line of a dotenv file (from 1) that is not a plain assignment. The message never shows its value. */
export class DotenvError extends Error {
  override name = 'DotenvError'
  readonly line: number
  readonly hint: string

  constructor(message: string, line: number, hint = '') {
    super(message)
    this.line = line
    this.hint = hint
  }
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t' }

/** Unescapes text in double quotes: `\n`, `\r`, `\t`, `\"`, `\\` and `\$`. Other backslashes are kept. */
function unescape(text: string): string {
  return text.replace(/\\([nrt"\\$])/g, (_, char: string) => escapes[char] ?? char)
}

const assignment = /^[ \t]*(?:export[ \t]+)?([^\s=#'"]+)[ \t]*=/
const quoted = /^[ \t]*(?:'([^']*)'|"([^"\\]*(?:\\[\s\S][^"\\]*)*)")[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/
const bare = /^([^\n]*?)(?:\r?\n|$)/
const blankOrComment = /^[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/

/** Throws a DotenvError for a carriage return with text behind it: whether a line ends there cannot be told. */
function refuseLoneCr(text: string, line: number): void {
  if (!/\r[^\r\n]/.test(text)) return
  const hint = 'End lines with LF or CRLF; in double quotes, \\r is a carriage return.'
  throw new DotenvError('a carriage return (CR) without a line feed stands in it', line, hint)
}

/**
 * An unquoted value without the blanks around it. Programs disagree on whether a ` #` in it begins a comment,
 * and on a carriage return in it: throws a DotenvError for both, since the value could be cut.
 */
function bareValue(text: string, key: string, line: number): string {
  const value = text.replace(/^[ \t]+|[ \t]+$/g, '')
  if (/[ \t]#/.test(text)) {
    const hint = `If it belongs to the value, write ${key}='...' in quotes; if it is a comment, put it on a line of its own.`
    throw new DotenvError(`the unquoted value of ${key} has a blank before #`, line, hint)
  }
  refuseLoneCr(value, line)
  return value
}

/**
 * Parses a dotenv text. Accepts LF and CRLF, one leading byte order mark, `export` and comments. Quoted
 * values may span lines; text in single quotes is literal; nothing is expanded. A comment stands on a line of its own
 * or behind a closing quote. Throws a DotenvError (docs/guarantees.md#T95).
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
      refuseLoneCr(skip[0], line)
      take(skip[0].length)
      continue
    }
    const start = assignment.exec(rest)
    if (!start) throw new DotenvError('not of the form KEY=VALUE', line)
    const begin = line
    const key = start[1] ?? ''
    take(start[0].length)
    const isQuoted = /^[ \t]*["']/.test(rest)
    const match = (isQuoted ? quoted : bare).exec(rest)
    if (!match)
      throw new DotenvError('a quoted value is not closed, or text follows its closing quote', begin)
    const value = isQuoted ? (match[1] ?? unescape(match[2] ?? '')) : bareValue(match[1] ?? '', key, begin)
    entries.push({ key, value, line: begin })
    take(match[0].length)
  }
  return entries
}
