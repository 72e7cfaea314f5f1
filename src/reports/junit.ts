import { element, openTag, xmlText } from './xml.ts'

type Members = Readonly<Record<string, unknown>>

/** An element, and the tests in it. */
interface Counted {
  /** Its XML in pieces: a report may be large. */
  parts: readonly string[]
  tests: number
  failures: number
  errors: number
  skipped: number
  seconds: number
}

function asMembers(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {}
}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])

const nonEmpty = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const asSeconds = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0

/** Formats a time as schemas want it: digits and a point, never an exponent. */
const timeOf = (seconds: number): string => Math.min(seconds, 1e15).toFixed(3)

/** The longest `message`, in characters: tools show it in one line. */
const longestMessage = 200

/** What a test has printed: GitLab's `system_output` is a text, an object or null (docs/gitlab.md#4.1). */
function detailsOf(test: Members): { message: string; type: string | undefined; text: string } {
  const { system_output: output, stack_trace: trace } = test
  const members = asMembers(output)
  const whole =
    nonEmpty(output) ?? (output === null || output === undefined ? '' : JSON.stringify(output, null, 2))
  const message = nonEmpty(members['message']) ?? whole
  return {
    message: (message.trimStart().split('\n', 1)[0] ?? '').slice(0, longestMessage),
    type: nonEmpty(members['type']),
    text: [whole, nonEmpty(trace) ?? ''].filter((text) => text !== '').join('\n'),
  }
}

const none = { tests: 0, failures: 0, errors: 0, skipped: 0, seconds: 0 }

function testcase(json: unknown, suite: string): Counted {
  const test = asMembers(json)
  const seconds = asSeconds(test['execution_time'])
  const attributes = {
    classname: nonEmpty(test['classname']) ?? suite,
    name: nonEmpty(test['name']) ?? '(no name)',
    file: nonEmpty(test['file']),
    time: timeOf(seconds),
  }
  const { message, type, text } = detailsOf(test)
  const withDetails = (tag: string): readonly string[] => [
    element('testcase', attributes, element(tag, { message: message || undefined, type }, xmlText(text))),
  ]
  const one = { ...none, tests: 1, seconds }
  switch (test['status']) {
    case 'success':
      return { ...one, parts: [element('testcase', attributes)] }
    case 'skipped':
      return { ...one, skipped: 1, parts: withDetails('skipped') }
    case 'failed':
      return { ...one, failures: 1, parts: withDetails('failure') }
    default:
      // A status that a later GitLab may add must not pass for a success.
      return { ...one, errors: 1, parts: withDetails('error') }
  }
}

/** A test case that stands for a report that GitLab could not read: without it the suite would look empty. */
function brokenSuite(name: string, why: string): Counted {
  const attributes = { classname: name, name: '(test report)', time: timeOf(0) }
  return {
    ...none,
    tests: 1,
    errors: 1,
    parts: [element('testcase', attributes, element('error', { message: why }))],
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
  // In the schema that Jenkins validates with, testsuites has no `skipped`.
  const shown = tag === 'testsuite' ? counts : { ...counts, skipped: undefined }
  const lines = parts.flatMap((part) => ['\n', ...part.parts])
  const pieces = [openTag(tag, { name, ...shown, time: timeOf(seconds) }), ...lines, `\n</${tag}>`]
  return { ...counts, seconds, parts: pieces }
}

function testsuite(json: unknown): Counted {
  const suite = asMembers(json)
  const name = nonEmpty(suite['name']) ?? '(no name)'
  const broken = nonEmpty(suite['suite_error'])
  const cases = asList(suite['test_cases']).map((test) => testcase(test, name))
  return summed('testsuite', name, broken === undefined ? cases : [...cases, brokenSuite(name, broken)])
}

/**
 * Converts GitLab's test report of a pipeline to JUnit XML, in pieces, well-formed whatever the report holds, and
 * counts its tests.
 */
export function junitFrom(report: unknown, name: string): { parts: readonly string[]; tests: number } {
  const suites = asList(asMembers(report)['test_suites']).map(testsuite)
  const { parts, tests } = summed('testsuites', name, suites)
  return { parts: ['<?xml version="1.0" encoding="UTF-8"?>\n', ...parts, '\n'], tests }
}
