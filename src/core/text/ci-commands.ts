import type { Context } from '../context.ts'

/** Null where even that is broken: internal errors are written through here too. */
type Env = Context['env'] | null

const isSet = (env: Env, name: string): boolean => (env?.[name] ?? '') !== ''

/** A form of text that a CI system executes where it reads it in a log (docs/guarantees.md#7.4). */
interface CommandForm {
  /** What is replaced to break it. */
  pattern: RegExp
  broken: string
  /** Where ordinary text looks like this too: the variable that the CI system sets. */
  onlyIn?: string
}

/** What may stand before a command at the beginning of a line: white space as GitHub's runner trims it, and colours. */
const blanks = String.raw`(?:[^\S\n]|\x1b\[[\d:;]*m)*`

/** Forms that count anywhere in a line: Azure Pipelines and GitHub, TeamCity, Octopus Deploy; GitLab; Jenkins; Travis CI. */
const anywhere: readonly CommandForm[] = [
  { pattern: /##(?=(?:vso|teamcity|octopus)\[|\[[a-z])/gi, broken: '## ' },
  { pattern: /(section_(?:start|end))(?=:\d)/g, broken: '$1 ' },
  { pattern: /\x1b\[8m(?=ha:)/g, broken: '$& ' },
  { pattern: /(travis_(?:fold|time))(?=:)/g, broken: '$1 ', onlyIn: 'TRAVIS' },
]

/** Forms that count at the beginning of a line: GitHub, Gitea and Forgejo; Buildkite. */
const atLineStart: readonly CommandForm[] = [
  { pattern: new RegExp(`^(${blanks}:)(?=:[a-z])`, 'gim'), broken: '$1 ' },
  { pattern: /^(?=(?:---|\+\+\+|~~~)[^\S\n]|\^\^\^ \+\+\+)/gm, broken: ' ', onlyIn: 'BUILDKITE' },
]

/** Texts without which a piece of a log holds no command. */
export function commandSigns(env: Env): readonly string[] {
  return [
    ...['##', '::', 'section_', '\x1b[8m'],
    ...(isSet(env, 'TRAVIS') ? ['travis_'] : []),
    ...(isSet(env, 'BUILDKITE') ? ['---', '+++', '~~~', '^^^'] : []),
  ]
}

/** The words with which the forms begin, as far as they must be seen to know one. */
const words = [
  ...['##vso[', '##teamcity[', '##octopus[', '##[', 'section_start:', 'section_end:', '\x1b[8mha:'],
  ...['travis_fold:', 'travis_time:'],
]

/** A line that may become a command which must be at its beginning; what is held back is in the group. */
const lineBeginning = new RegExp(`^${blanks}(::?)$|^(-{1,3}|\\+{1,3}|~{1,3}|\\^{1,3}(?: \\+{0,3})?)$`)

function broken(text: string, forms: readonly CommandForm[], env: Env): string {
  return forms
    .filter(({ onlyIn }) => onlyIn === undefined || isSet(env, onlyIn))
    .reduce((result, { pattern, broken: by }) => result.replace(pattern, by), text)
}

/**
 * Puts a blank into everything in a text that a CI system would execute: it may come from any user who can write a log, a branch name or a
 * message. Forms that ordinary text uses too are left alone but in that system itself. With `isInLine` the text does not begin a line.
 */
export function breakCommands(text: string, env: Env, isInLine = false): string {
  const start = isInLine ? text.indexOf('\n') + 1 || text.length : 0
  return broken(text.slice(0, start) + broken(text.slice(start), atLineStart, env), anywhere, env)
}

/** The number of characters at the end of a text that may become a command when further text follows. */
export function partialCommandLength(text: string, isInLine: boolean): number {
  const line = text.slice(text.lastIndexOf('\n') + 1)
  const isWholeLine = !isInLine || line.length < text.length
  const beginning = isWholeLine ? lineBeginning.exec(line) : null
  const end = line.slice(-15).toLowerCase()
  const lengths = words.map((word) => {
    for (let length = Math.min(word.length, end.length); length > 0; length -= 1) {
      if (end.endsWith(word.slice(0, length))) return length
    }
    return 0
  })
  return Math.max(...lengths, (beginning?.[1] ?? beginning?.[2] ?? '').length)
}

/**
 * Escapes one character of everything in JSON that a CI system would execute: the line holds no command, and the parsed value is the same.
 */
export function breakJsonCommands(json: string): string {
  return json
    .replace(/##(?=(?:vso|teamcity|octopus)?\[)/gi, '#\\u0023')
    .replace(/::(?=[a-z])/gi, ':\\u003a')
    .replace(/((?:section_(?:start|end)|travis_(?:fold|time))):/g, '$1\\u003a')
}
