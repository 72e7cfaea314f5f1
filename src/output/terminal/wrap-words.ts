import { escapeLine } from './escape.ts'

const commandStart = ': gitlab-trigger '

/** Where a command ends that begins at `start`: with its sentence, or before what stands in brackets. Words in single quotes may hold anything. */
function commandEnd(text: string, start: number): number {
  let isQuoted = false
  for (let at = start; at < text.length; at++) {
    if (text[at] === "'") isQuoted = !isQuoted
    if (isQuoted || text[at] !== ' ') continue
    if (/[.;,]/.test(text[at - 1] ?? '')) return at - 1
    if (text[at + 1] === '(') return at
  }
  return /[.;,]$/.test(text) ? text.length - 1 : text.length
}

/**
 * A text without line ends as lines of a terminal, broken between words; the first line alone is not indented, so that no word of another text begins a
 * line as ours do. A command to paste, which stands behind a colon, stays whole on a line of its own. A text that fits stays as it is.
 */
export function wrapWords(text: string, columns: number, indent = '  '): string[] {
  if (text.length <= columns) return [text]
  const lines: string[] = []
  let isOpen = false
  const add = (prose: string): void => {
    for (const word of prose.split(' ').filter(Boolean)) {
      const last = lines.at(-1) ?? ''
      if (isOpen && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`
      else lines.push(lines.length === 0 ? word : `${indent}${word}`)
      isOpen = true
    }
  }
  let done = 0
  for (let at = text.indexOf(commandStart); at >= 0; at = text.indexOf(commandStart, done)) {
    const start = at + 2
    const end = commandEnd(text, start)
    add(text.slice(done, start))
    lines.push(`${indent}${text.slice(start, end)}`)
    isOpen = false
    done = /[.;,]/.test(text[end] ?? '') ? end + 1 : end
  }
  add(text.slice(done))
  return lines
}

/** Where a text goes. */
interface Stream {
  isTTY: boolean
  columns: number
}

/** A sentence as it goes to a stream: at a terminal in lines that break between words, elsewhere in one. */
export const proseLines = (text: string, { isTTY, columns }: Stream): string[] =>
  isTTY && columns > 0 ? wrapWords(text, columns) : [text]

/** Writes a sentence to a stream. Rejects as the stream does. */
export const sayTo = (stream: Stream & { write(text: string): Promise<void> }, text: string): Promise<void> =>
  stream.write(`${proseLines(escapeLine(text), stream).join('\n')}\n`)

/** Columns that are too few to break a text between its words. */
const fewColumns = 24

/** A sentence behind a heading: further lines begin in the column where it does. */
export function hangingLines(heading: string, text: string, { isTTY, columns }: Stream): string[] {
  const left = columns - heading.length
  const lines = isTTY && left >= fewColumns ? wrapWords(text, left, '') : [text]
  return lines.map((line, at) => `${at === 0 ? heading : ' '.repeat(heading.length)}${line}`)
}
