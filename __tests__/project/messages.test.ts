import { messages } from '../helpers/messages.ts'

// The form of errors: what happened, with the value that is wrong, and what to do next.

const errors = messages.filter(
  ({ call, argument, property }) =>
    (/^(?:usageError|configError)$/.test(call) && argument === 0) || property === 'message',
)
const hints = messages.filter(
  ({ call, argument, property }) =>
    (/^(?:usageError|configError)$/.test(call) && property === '' && argument === 1) ||
    (call === 'wrongValue' && argument === 3) ||
    property === 'hint',
)
const asText = ({ at, text }: { at: string; text: string }): string => `${at}: ${text}`

test('an error begins with a small letter, or a name, and has no full stop', () => {
  expect(errors.length).toBeGreaterThan(300)
  expect(errors.filter(({ text }) => /^(?!GitLab\b)[A-Z][a-z]|[^.]\.$/.test(text)).map(asText)).toEqual([])
})

test('a hint is a sentence, or ends in a command to paste', () => {
  const sentence = /^(?:[A-Z{]|gitlab-trigger ).*[.?}]$/s
  const command = /: \S.*$|^See /
  // What begins with a small letter is put into a longer hint.
  const whole = hints.filter(({ isPart, text }) => !isPart && !/^[ ,a-z]/.test(text))
  expect(whole.length).toBeGreaterThan(200)
  expect(whole.filter(({ text }) => !sentence.test(text) && !command.test(text)).map(asText)).toEqual([])
})

/** Errors in which there is no value to repeat, by what they say. */
const noValue: readonly [says: RegExp, why: string][] = [
  [/\bgiven\b|\bis missing\b|\bneeds?\b|^<|no search text|nothing to/, 'nothing was typed'],
  [/\bis empty\b|\bis blank\b/, 'the value has no characters'],
  [/cannot be used together|go together|name the same/, 'both flags are named'],
  [/API v3/, 'the flag is named; this GitLab is too old for it'],
  [
    /there is no (?:terminal|folder|home)|no terminal|flock|no config file|not a job of GitLab/,
    'the environment is at fault',
  ],
  [/not confirmed|question was not answered/, 'nobody agreed'],
  [/password|token|secret|user name|\bkey:/, 'the value is, or may be, a secret'],
  [/^(?:-|NODE_)\S+ (?:cannot|prints|is set)|^--web: /, 'the flag itself is at fault, and named'],
  [/cannot hold a line end/, 'the value has several lines'],
  [/standard input|\(-\)| -:|: - is/, 'the value is a dash'],
  [/the recipe(?:'s)? |targets/, 'what is wrong is in a recipe'],
]

test('an error about a value repeats it', () => {
  const silent = messages.filter(
    ({ call, argument, property, isPart, text }) =>
      /^(?:usageError|configError)$/.test(call) &&
      argument === 0 &&
      property === '' &&
      !isPart &&
      !/\{\}|"[^"]+"/.test(text) &&
      !noValue.some(([says]) => says.test(text)),
  )
  expect(silent.map(asText)).toEqual([])
})
