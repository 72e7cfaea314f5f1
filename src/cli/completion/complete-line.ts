import { groupTable, commandTable } from '../table/index.ts'
import { topicNames } from '../topic-names.ts'
import { flagsOf, isBelow, readWords, rowOf, type ReadWords } from './read-words.ts'
import { argumentChoice, jsonChoice, valueChoice, type ValueChoice } from './values.ts'

/** What can stand where a word is completed. */
export interface Completion extends ValueChoice {
  /** What a candidate begins with. */
  prefix: string
  /** What stands before the candidate in the same word: `--ref=`. */
  head: string
  /** What was typed about the server, for names that are looked up. */
  flags: ReadWords['flags']
}

/** The next words of commands and groups of them. */
function commandChoice(path: readonly string[]): ValueChoice['words'] {
  const words = new Map<string, string>()
  for (const { name, summary } of commandTable) {
    if (!isBelow(name, path) || name === path.join(' ')) continue
    const word = name.split(' ')[path.length] ?? ''
    const whole = [...path, word].join(' ')
    words.set(word, whole === name ? summary : (groupTable[whole] ?? ''))
  }
  if (path.length === 0) words.set('help', 'help on a command or a topic')
  return [...words]
}

function helpChoice(words: readonly string[]): ValueChoice {
  const topics = words.length === 0 ? topicNames.map((name) => [name, 'topic'] as const) : []
  const commands = commandChoice(words).filter(([word]) => word !== 'help')
  return { words: [...commands, ...topics.filter(([name]) => commands.every(([word]) => word !== name))] }
}

/** The flags that can still be typed: each once, except for lists. */
function flagChoice({ row, path, typed }: ReadWords): ValueChoice['words'] {
  const known = row ? flagsOf([row]) : new Map<string, never>()
  const words = new Map<string, string>()
  for (const { word, help, row: option } of known.values())
    if (!typed.has(word) || option.list !== undefined) words.set(word, help)
  words.set('--help', 'help on the command')
  if (path.length === 0) words.set('--version', 'print the version')
  return [...words]
}

/** What stands where the last of `words` is: completes what a shell has of a line, without the name of the program. */
export function completeLine(words: readonly string[]): Completion {
  const before = readWords(words.slice(0, -1))
  const { path, row, args, flags, owing, isOver } = before
  const word = words.at(-1) ?? ''
  const completion = (choice: ValueChoice, head = ''): Completion => {
    const from = choice.isList ? Math.max(head.length, word.lastIndexOf(',') + 1) : head.length
    return { ...choice, head: word.slice(0, from), prefix: word.slice(from), flags }
  }
  if (owing) return completion(valueChoice(owing))
  const [, name] = isOver ? [] : (/^(--[^=]+)=/.exec(word) ?? [])
  if (name !== undefined) {
    const target = row ?? rowOf([])
    const flag = target && flagsOf([target]).get(name)
    const choice =
      name === '--json' && target ? jsonChoice(target) : flag?.placeholder ? valueChoice(flag) : { words: [] }
    return completion(choice, `${name}=`)
  }
  if (word.startsWith('-') && !isOver) return completion({ words: flagChoice(before) })
  if (path[0] === 'help') return completion(helpChoice([...path.slice(1), ...args]))
  const argument: ValueChoice = row ? argumentChoice(row, args.length) : { words: [] }
  const commands = args.length === 0 && !isOver ? commandChoice(path) : []
  return completion({ ...argument, words: [...commands, ...argument.words] })
}
