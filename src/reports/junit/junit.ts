import { element, openTag, xmlText } from '../xml.ts'

type Members = Readonly<Record<string, unknown>>

/** The tests in an element, and how long they took. */
export interface TestCounts {
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

const none: TestCounts = { tests: 0, failures: 0, errors: 0, skipped: 0, seconds: 0 }

/** What a test's status is in JUnit: its element, and the count that it belongs to. */
const kinds: Readonly<Record<string, readonly [tag: string, count: 'skipped' | 'failures']>> = {
  skipped: ['skipped', 'skipped'],
  failed: ['failure', 'failures'],
}

/** The kind of a test; undefined for a success. A status that a later GitLab may add must not pass for one. */
function kindOf({ status }: Members): readonly [tag: string, count: keyof TestCounts] | undefined {
  if (status === 'success') return undefined
  const known = typeof status === 'string' && Object.hasOwn(kinds, status) ? kinds[status] : undefined
  return known ?? ['error', 'errors']
}

/** Counts one test of GitLab's report. */
export function countTest(json: unknown): TestCounts {
  const test = asMembers(json)
  const kind = kindOf(test)
  const one = { ...none, tests: 1, seconds: asSeconds(test['execution_time']) }
  return kind ? { ...one, [kind[1]]: 1 } : one
}

/** Converts a test of GitLab's report to XML. `suite` is the class of one without. */
export function testXml(json: unknown, suite: string): string {
  const test = asMembers(json)
  const attributes = {
    classname: nonEmpty(test['classname']) ?? suite,
    name: nonEmpty(test['name']) ?? '(no name)',
    file: nonEmpty(test['file']),
    time: timeOf(asSeconds(test['execution_time'])),
  }
  const kind = kindOf(test)
  if (!kind) return element('testcase', attributes)
  const { message, type, text } = detailsOf(test)
  const details = element(kind[0], { message: message || undefined, type }, xmlText(text))
  return element('testcase', attributes, details)
}

/** The name of a suite. */
export const suiteName = (json: unknown): string => nonEmpty(asMembers(json)['name']) ?? '(no name)'

/** Whether GitLab could not read the report of a suite. */
export const isBroken = (json: unknown): boolean => nonEmpty(asMembers(json)['suite_error']) !== undefined

/** The count of the test that stands for a report that GitLab could not read. */
export const brokenCount: TestCounts = { ...none, tests: 1, errors: 1 }

/** That test, without which the suite would look empty. */
export function brokenXml(json: unknown, suite: string): string {
  const attributes = { classname: suite, name: '(test report)', time: timeOf(0) }
  const message = nonEmpty(asMembers(json)['suite_error'])
  return element('testcase', attributes, element('error', { message }))
}

/** What several elements have together. */
export function sumOfTests(parts: readonly TestCounts[]): TestCounts {
  const sum = (key: keyof TestCounts): number => parts.reduce((total, part) => total + part[key], 0)
  return {
    tests: sum('tests'),
    failures: sum('failures'),
    errors: sum('errors'),
    skipped: sum('skipped'),
    seconds: sum('seconds'),
  }
}

/** What stands before the tests of a suite, and behind them. */
export function suiteTags(name: string, counts: TestCounts): [open: string, close: string] {
  const { tests, failures, errors, skipped, seconds } = counts
  const open = openTag('testsuite', { name, tests, failures, errors, skipped, time: timeOf(seconds) })
  return [`\n${open}`, '\n</testsuite>']
}

/** What stands before all suites, and behind them. */
export function reportTags(name: string, counts: TestCounts): [open: string, close: string] {
  const { tests, failures, errors, seconds } = counts
  // In the schema that Jenkins validates with, testsuites has no `skipped`.
  const open = openTag('testsuites', { name, tests, failures, errors, time: timeOf(seconds) })
  return [`<?xml version="1.0" encoding="UTF-8"?>\n${open}`, '\n</testsuites>\n']
}

/**
 * Converts a test report of GitLab's that is in memory to JUnit XML, in pieces, well-formed whatever the report holds,
 * and counts its tests.
 */
export function junitFrom(report: unknown, name: string): { parts: readonly string[]; tests: number } {
  const suites = asList(asMembers(report)['test_suites']).map((json) => {
    const own = suiteName(json)
    const tests = asList(asMembers(json)['test_cases'])
    const broken = isBroken(json) ? [brokenXml(json, own)] : []
    const counts = sumOfTests([...tests.map(countTest), ...broken.map(() => brokenCount)])
    const [open, close] = suiteTags(own, counts)
    const all = [...tests.map((test) => testXml(test, own)), ...broken]
    return { ...counts, parts: [open, ...all.flatMap((xml) => ['\n', xml]), close] }
  })
  const counts = sumOfTests(suites)
  const [open, close] = reportTags(name, counts)
  return { parts: [open, ...suites.flatMap(({ parts }) => parts), close], tests: counts.tests }
}
