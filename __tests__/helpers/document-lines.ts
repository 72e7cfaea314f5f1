import { readFileSync } from 'node:fs'

/** A block of shell lines in a document. */
export interface ShellBlock {
  /** Where it is: `docs/json.md:12`. */
  at: string
  lines: readonly TypedLine[]
}

/** One call of gitlab-trigger as a document shows it. */
export interface TypedLine {
  /** As it stands there, on one line. */
  text: string
  /** The text behind `gitlab-trigger`, up to a pipe or a parenthesis that ends a substitution. */
  call: string
  /** The variable that takes its output: of `id=$(gitlab-trigger ...)`. */
  takes?: string
  /** The file that its output goes to, or its input comes from. */
  writes?: string
  reads?: string
}

const start = /^(?:(\w+)=\$\()?gitlab-trigger\b ?(.*)$/

/** The first place outside of quotation marks at which a pattern begins; the length of the text where there is none. */
function unquoted(text: string, pattern: RegExp): number {
  const parts = text.matchAll(/'[^']*'|"[^"]*"|[\s\S]/g)
  for (const { 0: part, index } of parts) {
    if (part.length === 1 && pattern.test(text.slice(Math.max(0, index - 1)))) return index
  }
  return text.length
}

function typedLine(text: string): TypedLine | undefined {
  const [, takes, rest = ''] = start.exec(text) ?? []
  if (!start.test(text)) return undefined
  const closed = takes === undefined ? rest : rest.replace(/\)$/, '')
  const bare = closed.slice(0, unquoted(closed, /^\s#|^.?\|/)).trim()
  const at = unquoted(bare, /^\s[<>]/)
  const [, sign, file] = /^([<>]) ?(\S+)$/.exec(bare.slice(at)) ?? []
  return {
    text,
    call: bare.slice(0, at).trim(),
    ...(takes === undefined ? {} : { takes }),
    ...(sign === '>' ? { writes: file ?? '' } : {}),
    ...(sign === '<' ? { reads: file ?? '' } : {}),
  }
}

/** The lines of YAML and Makefiles in a Markdown file that call gitlab-trigger, without their comments. */
export function linesOfOthers(file: string): TypedLine[] {
  const blocks = readFileSync(file, 'utf8').matchAll(/^```(?:yaml|make)\n([\s\S]*?)^```/gm)
  return [...blocks].flatMap(({ 1: block = '' }) =>
    [...block.matchAll(/^(?: *- |\t)(gitlab-trigger .*)$/gm)].flatMap(
      ({ 1: text = '' }) => typedLine(text) ?? [],
    ),
  )
}

/** The blocks of a Markdown file in the language `sh` in which a line calls gitlab-trigger. */
export function shellBlocks(file: string): ShellBlock[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(({ 1: block = '', index }) => {
    const joined = block.replace(/\\\n\s*/g, '').split('\n')
    const lines = joined.map(typedLine).filter((line) => line !== undefined)
    const number = text.slice(0, index).split('\n').length
    return lines.length === 0 ? [] : [{ at: `${file}:${number}`, lines }]
  })
}

/** The words of a call as a shell hands them over: quotation marks, `$NAME` outside of single ones, `~/`. Throws on syntax beyond that. */
export function wordsOfCall(call: string, variables: Readonly<Record<string, string>>): string[] {
  const expanded = (text: string): string =>
    text.replace(/\$(\w+)/g, (_, name: string) => {
      const value = variables[name]
      if (value === undefined) throw new Error(`$${name} is not set in: ${call}`)
      return value
    })
  return [...call.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"|([^'"]+)/g, (_, single?: string, double?: string, bare?: string) => {
      if (bare !== undefined && /[;&|<>`()*]/.test(bare)) throw new Error(`no plain line: ${call}`)
      if (single !== undefined) return single
      return expanded(double ?? bare?.replace(/^~(?=\/)/, variables['HOME'] ?? '') ?? '')
    }),
  )
}
