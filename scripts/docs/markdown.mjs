// The parts of a Markdown page.

/** A text within a line, of which nothing is markup; an underscore inside a word is none. */
export const escaped = (text) => text.replace(/[*<|\\]|(?<!\w)_|_(?!\w)/g, '\\$&')

/** A text as it is typed, within a line or a cell of a table. */
export const code = (text) => `\`${text.replaceAll('|', '\\|')}\``

/** A sentence with a capital at its beginning and a full stop at its end. */
export const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`

/** A table; `head` and each of `rows` are cells in Markdown. */
export const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** Lines in a block of code. */
export const fenced = (language, lines) => `\`\`\`${language}\n${lines.join('\n')}\n\`\`\``

/** Blocks with an empty line between them; those that are empty are left out. */
export const page = (...blocks) => `${blocks.filter((block) => block !== '').join('\n\n')}\n`
