import { statesIn } from './pipeline-sentences.ts'

/** What stands in place of a value that got lost. */
const holes = /\bundefined\b|\[object \w+\]|\bNaN\b|\bInvalid Date\b/

/** What happened, what is true about the build, and at most one line of what to do. */
const failure = /^[^\n]+: [^\n]*\S\n(?:No|A|Pipeline)\b[^\n]*\.\n(?:[^\n]+\n)?$/m

/** The same of a command that starts no pipeline. */
const otherFailure = /^[^\n]+: [^\n]*\S\n(?:[^\n]+\n)?$/m

/** The end of a batch, which counts the targets: each has said for itself what is true about its build. */
const batchEnd = /^\d+ of \d+ targets? (?:succeeded|triggered), [^\n]+\.$/m

/**
 * Holds every run of every test to docs/guarantees.md#T128: what is said has no holes, and a run that failed says what happened, what is true about the build and
 * what to do. A command that starts no pipeline does not speak of that. `words` is what was typed; on
 * a terminal what to do may take several lines, of which all but the first are indented.
 */
export function expectMessageRules(
  words: readonly string[],
  code: number,
  stderr: string,
  startsPipelines: boolean,
  isTerminal: boolean,
): void {
  const plain = stderr.replace(/\x1b\[\d+m/g, '')
  const text = isTerminal ? plain.replace(/\n {2}(?=\S)/g, ' ') : plain
  // What was typed is repeated in quotation marks, even if a user typed NaN.
  const typed = words.map((word) => `"${word.replace(/^--[\w-]+=/, '')}"`)
  expect(typed.reduce((rest, value) => rest.replaceAll(value, '""'), text)).not.toMatch(holes)
  if (code === 0 || text === '') return
  if (!startsPipelines) {
    expect({ words, text, ofTriggering: statesIn(text), isFailure: otherFailure.test(text) }).toEqual({
      words,
      text,
      ofTriggering: [],
      isFailure: true,
    })
    return
  }
  if (batchEnd.test(text)) return
  const [block = ''] = failure.exec(text) ?? []
  expect({ words, text, states: statesIn(block).length }).toEqual({ words, text, states: 1 })
}
