// The parts of a man page, in the macros of man(7).

/** Characters that groff would print as others, so that a pasted line would fail; and those that begin a macro. */
const special = { '\\': '\\e', '-': '\\-', "'": '\\(aq', '`': '\\(ga', '^': '\\(ha', '~': '\\(ti' }

/** The longest line of a page's source. */
const width = 78

/** A text within a line, in which nothing is an escape. */
export const escaped = (text) => text.replace(/[\\\-'`^~]/g, (each) => special[each])

/** A line that is none of a macro. */
const plain = (line) => line.replace(/^\./, '\\&.')

/** Words in lines that are not too long, with `end` at the end of each but the last. */
function lined(words, end) {
  const lines = ['']
  for (const word of words.map(escaped)) {
    const line = lines.at(-1)
    if (line !== '' && line.length + word.trimEnd().length > width) lines.push(word)
    else lines[lines.length - 1] += word
  }
  return plain(lines.join(`${end}\n`))
}

/** A text that fills its lines. */
const filled = (text) =>
  lined(text.trim().split(/(?<=\s)/), '')
    .replace(/ +$/gm, '')
    .replace(/^\./gm, '\\&.')

/** One line in bold. */
const bold = (text) => `\\fB${escaped(text)}\\fR`

/** A name in bold with placeholders in italics: `--ref <name>`. */
export const term = (text) =>
  text
    .split(/(<[^<>]+>)/)
    .filter((part) => part !== '')
    .map((part) => (/^<.*>$/.test(part) ? `\\fI${escaped(part.slice(1, -1))}\\fR` : bold(part)))
    .join('')

/** A reference to another page: `gitlab-trigger-run(1)`. */
const reference = ({ name, section }) => `.BR ${escaped(name)} (${section})`

/** References with commas between them, in the order of sections and names. */
export const seeAlso = (pages) =>
  section('SEE ALSO', [
    [...pages]
      .sort((a, b) => a.section - b.section || (a.name < b.name ? -1 : 1))
      .map((page, at, { length }) => `${reference(page)}${at < length - 1 ? ' ,' : ''}`)
      .join('\n'),
  ])

/** A section with its blocks; nothing where there are none. */
export const section = (heading, blocks) => {
  const full = blocks.filter((block) => block !== '')
  return full.length === 0 ? '' : `.SH ${escaped(heading)}\n${full.join('\n').replace(/^\.PP\n/, '')}`
}

/** A subsection of a section, to which blocks belong. */
export const subsection = (heading, blocks) => [`.SS ${escaped(heading)}`, ...blocks].join('\n')

/** A word with its explanation behind it. */
export const explained = (word, text) => `.TP\n${term(word)}\n${filled(text)}`

/** Sentences that fill their lines. */
export const paragraph = (text) => `.PP\n${filled(text)}`

/** A line as it is typed; a backslash at the end of a line of the source joins it with the next. */
const typed = (line) => lined(line.split(/(?<= )/), '\\')

/** Lines as they are typed. */
export const verbatim = (text) => `.nf\n${text.split('\n').map(typed).join('\n')}\n.fi`

/** Blocks of a text of the help: a block with indented lines as it stands, another as a paragraph. */
export const blocksOf = (text) =>
  text
    .trimEnd()
    .split('\n\n')
    .map((block) =>
      /^ /m.test(block) || /\S {2,}\S/.test(block) ? `.PP\n${verbatim(block)}` : paragraph(block),
    )

/** A whole page of these sections. `page` has its name, section and summary. */
export const manPage = (page, { version, date }, sections) =>
  [
    `.TH ${escaped(page.name.toUpperCase())} ${page.section} ${date} "gitlab\\-trigger ${version}" "gitlab\\-trigger"`,
    // No word is divided: options and names of pages are to be found and pasted.
    '.nh',
    '.SH NAME',
    filled(`${page.name} - ${page.summary}`),
    ...sections.filter((each) => each !== ''),
    '',
  ].join('\n')
