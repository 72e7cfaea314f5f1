/** A command line, and what `--json=id,jobs.name` in it asked for; undefined where no fields are chosen. */
export interface ChosenFields {
  argv: readonly string[]
  fields: readonly string[] | undefined
}

const prefix = '--json='

/** Takes the fields out of `--json=FIELDS`, which stays as `--json`. Only with `=`: a word behind `--json` is an argument. */
export function takeJsonFields(typed: readonly string[]): ChosenFields {
  const end = typed.indexOf('--')
  const isChoice = (word: string, at: number): boolean => word.startsWith(prefix) && (end === -1 || at < end)
  const chosen = typed.filter(isChoice)
  if (chosen.length === 0) return { argv: typed, fields: undefined }
  return {
    argv: typed.map((word, at) => (isChoice(word, at) ? '--json' : word)),
    fields: chosen.flatMap((word) =>
      word
        .slice(prefix.length)
        .split(',')
        .map((name) => name.trim()),
    ),
  }
}
