import { element, xmlText } from './xml.ts'

type Members = Readonly<Record<string, unknown>>

interface Counted {
  xml: string
  tests: number
  failures: number
  errors: number
  skipped: number
  seconds: number
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {}
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])

const textOr = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const secondsOf = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0

/** As schemas want it: digits and a point, never an exponent. */
const timeOf = (seconds: number): string => Math.min(seconds, 1e15).toFixed(3)

/** The longest `message`, in characters: tools show it in one line. */
const longestMessage = 200

/** What went wrong with a test: GitLab's `system_output` is a text, an object or null (facts 4.1). */
function detailsOf(test: Members): { message: string; type: string | undefined; text: string } {
  const { system_output: output, stack_trace: trace } = test
  const members = membersOf(output)
  const whole =
    textOr(output) ?? (output === null || output === undefined ? '' : JSON.stringify(output, null, 2))
  const message = textOr(members['message']) ?? whole
  return {
    message: (message.trimStart().split('\n', 1)[0] ?? '').slice(0, longestMessage),
    type: textOr(members['type']),
    text: [whole, textOr(trace) ?? ''].filter((text) => text !== '').join('\n'),
  }
}

const none = { tests: 0, failures: 0, errors: 0, skipped: 0, seconds: 0 }

function testcase(json: unknown, suite: string): Counted {
  const test = membersOf(json)
  const seconds = secondsOf(test['execution_time'])
  const attributes = {
    classname: textOr(test['classname']) ?? suite,
    name: textOr(test['name']) ?? '(no name)',
    file: textOr(test['file']),
    time: timeOf(seconds),
  }
  const { message, type, text } = detailsOf(test)
  const tell = (tag: string): string =>
    element('testcase', attributes, element(tag, { message: message || undefined, type }, xmlText(text)))
  const one = { ...none, tests: 1, seconds }
  switch (test['status']) {
    case 'success':
      return { ...one, xml: element('testcase', attributes) }
    case 'skipped':
      return { ...one, skipped: 1, xml: tell('skipped') }
    case 'failed':
      return { ...one, failures: 1, xml: tell('failure') }
    default:
      // A word that nobody knows yet must not pass for a success.
      return { ...one, errors: 1, xml: tell('error') }
  }
}

/** A report that GitLab could not read is an error of its suite; else the suite would just look empty. */
function brokenSuite(name: string, why: string): Counted {
  const attributes = { classname: name, name: '(test report)', time: timeOf(0) }
  return {
    ...none,
    tests: 1,
    errors: 1,
    xml: element('testcase', attributes, element('error', { message: why })),
  }
}

function summed(tag: string, name: string, parts: readonly Counted[]): Counted {
  const sum = (key: keyof typeof none): number => parts.reduce((total, part) => total + part[key], 0)
  const counts = {
    tests: sum('tests'),
    failures: sum('failures'),
    errors: sum('errors'),
    skipped: sum('skipped'),
  }
  const seconds = sum('seconds')
  // testsuites has no `skipped` in the schema that Jenkins holds it against.
  const shown = tag === 'testsuite' ? counts : { ...counts, skipped: undefined }
  const xml = element(
    tag,
    { name, ...shown, time: timeOf(seconds) },
    `\n${parts.map((part) => part.xml).join('\n')}\n`,
  )
  return { ...counts, seconds, xml }
}

function testsuite(json: unknown): Counted {
  const suite = membersOf(json)
  const name = textOr(suite['name']) ?? '(no name)'
  const broken = textOr(suite['suite_error'])
  const cases = listOf(suite['test_cases']).map((test) => testcase(test, name))
  return summed('testsuite', name, broken === undefined ? cases : [...cases, brokenSuite(name, broken)])
}

/** GitLab's test report of a pipeline as JUnit XML, well formed whatever bytes are in it; and how many tests it has. */
export function junitFrom(report: unknown, name: string): { xml: string; tests: number } {
  const suites = listOf(membersOf(report)['test_suites']).map(testsuite)
  const { xml, tests } = summed('testsuites', name, suites)
  return { xml: `<?xml version="1.0" encoding="UTF-8"?>\n${xml}\n`, tests }
}
