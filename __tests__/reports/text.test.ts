import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import type { Job, Pipeline } from '../../src/gitlab/pipelines/pipeline.ts'
import { dotenvText, factsOf, outputText, ownUrl, type ReportedPipeline } from '../../src/reports/facts.ts'
import { junitFrom } from '../../src/reports/junit/junit.ts'
import { endedSummary, escapeMarkdown, triggeredSummary } from '../../src/reports/summary.ts'
import { holds } from '../helpers/property.ts'

const server = 'https://gitlab.example.com/prefix'
const sha = 'a'.repeat(40)
const webUrl = `${server}/seed/app/-/pipelines/4711`
const seen: ReportedPipeline = { kind: 'pipeline', id: 4711, webUrl, status: 'success', iid: 7, sha }

/** As GitLab's ParseDotenvArtifactService reads a report: every line is a variable, what stands around the first `=` is stripped. */
function asGitlabReads(text: string): Record<string, string> {
  const lines = text.split('\n').slice(0, -1)
  return Object.fromEntries(
    lines.map((line): [string, string] => {
      const [, key, value] = /^(.*?)=(.*)$/.exec(line) ?? []
      if (key === undefined || value === undefined) throw new Error(`Invalid Format: ${line}`)
      return [key.trim(), value.trim()]
    }),
  )
}

describe('dotenv and GITHUB_OUTPUT', () => {
  test('all that is known', () => {
    expect(dotenvText(factsOf(seen, server))).toBe(
      `PIPELINE_ID=4711\nPIPELINE_URL=${webUrl}\nPIPELINE_STATUS=success\nPIPELINE_IID=7\nPIPELINE_SHA=${sha}\n`,
    )
    expect(outputText(factsOf(seen, server))).toBe(
      `pipeline_id=4711\npipeline_url=${webUrl}\npipeline_status=success\npipeline_iid=7\npipeline_sha=${sha}\n`,
    )
  })

  // prettier-ignore
  const rows: [name: string, change: Partial<ReportedPipeline>, missing: string[]][] = [
    ['an older GitLab', { iid: null, webUrl: null }, ['PIPELINE_URL', 'PIPELINE_IID']],
    ['a status with a line', { status: 'success\nLD_PRELOAD=/tmp/x.so' }, ['PIPELINE_STATUS']],
    ['a status with a return', { status: 'success\rX=1' }, ['PIPELINE_STATUS']],
    ['a sha with a line', { sha: `${sha}\nX=1` }, ['PIPELINE_SHA']],
    ['a sha that is none', { sha: 'HEAD' }, ['PIPELINE_SHA']],
    ['another host', { webUrl: 'https://evil.example.com/' }, ['PIPELINE_URL']],
    ['a script', { webUrl: 'javascript:alert(1)' }, ['PIPELINE_URL']],
    ['a variable that GitLab would expand', { webUrl: `${server}/$CI_JOB_TOKEN` }, ['PIPELINE_URL']],
    ['a password', { webUrl: 'https://a:b@gitlab.example.com/' }, ['PIPELINE_URL']],
    ['a shell', { webUrl: `${server}/;id` }, ['PIPELINE_URL']],
    ['no end', { webUrl: `${server}/${'x'.repeat(5000)}` }, ['PIPELINE_URL']],
  ]
  test.each(rows)('%s: what is not as it should be is left out', (_, change, missing) => {
    const all = Object.keys(asGitlabReads(dotenvText(factsOf(seen, server))))
    const known = Object.keys(asGitlabReads(dotenvText(factsOf({ ...seen, ...change }, server))))
    expect(all.filter((name) => !known.includes(name))).toEqual(missing)
  })

  test('a v3 trigger request is not called a pipeline', () => {
    const request: ReportedPipeline = {
      kind: 'trigger_request',
      id: 101,
      webUrl: null,
      status: null,
      iid: null,
      sha: null,
    }
    expect(dotenvText(factsOf(request, server))).toBe('TRIGGER_REQUEST_ID=101\n')
  })

  test('no text of a server makes a second variable, a quote or an expansion', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\n', '\r\nX=1', '$HOME', "'", '"', '`id`'),
    )
    const url = text.map((tail) => `${server}/${tail}`)
    holds(
      fc.property(text, url, text, (status, link, commit) => {
        const facts = dotenvText(factsOf({ ...seen, status, webUrl: link, sha: commit }, server))
        expect(facts).toMatch(/^(PIPELINE_[A-Z]+=[\w.:/+%,=[\]-]+\n)+$/)
        expect(Object.keys(asGitlabReads(facts)).length).toBeLessThanOrEqual(5)
        expect(Buffer.byteLength(facts)).toBeLessThan(5 * 1024)
      }),
    )
  })

  test.each(['http://[::1]:8080/x', 'https://gitlab.example.com:8443/a/b'])('%s is a link', (url) => {
    expect(ownUrl(url, url)).toBe(url)
  })
})

const job = (name: string, more: Partial<Job> = {}): Job => ({
  ...{ id: 1, name, stage: 'test', status: 'success', allowFailure: false, failureReason: null, waits: '' },
  ...{
    webUrl: `${server}/-/jobs/1`,
    tags: [],
    createdAt: 0,
    startedAt: 0,
    finishedAt: 75_000,
    erasedAt: null,
  },
  ...{ hasArtifacts: false, isBridge: false, downstream: null, ...more },
})

const pipeline = (jobs: Job[], more: Partial<Pipeline> = {}): Pipeline => ({
  ...{
    ...seen,
    status: 'failed',
    project: '9',
    ref: 'master',
    source: 'trigger',
    user: null,
    yamlErrors: null,
  },
  ...{
    hasWarnings: false,
    createdAt: 0,
    startedAt: 0,
    finishedAt: 0,
    jobs,
    hidden: '',
    isGuessed: false,
    ...more,
  },
})

/** The texts of a table's rows, cell by cell, with the character references resolved, as a reader sees them. */
function cells(markdown: string): string[][] {
  const text = markdown.replace(/\[([^\]]*)\]\(<[^>]*>\)/g, '$1')
  const rows = text.split('\n').filter((line) => line.startsWith('| '))
  const shown = (cell: string): string =>
    cell.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))).trim()
  return rows.slice(2).map((row) => row.split('|').slice(1, -1).map(shown))
}

describe('the job summary', () => {
  test('failed jobs first, then by stage; downstream ones with their trigger jobs', () => {
    const below = pipeline([job('unit', { status: 'failed', failureReason: 'script_failure' })], { id: 4712 })
    const downstream = { id: 4712, project: '9', status: 'failed', webUrl: null, pipeline: below, hidden: '' }
    const jobs = [
      job('lint', { stage: 'check', status: 'failed', allowFailure: true }),
      job('build', { finishedAt: null }),
      job('child', { downstream, isBridge: true }),
      job('stop', { status: 'canceled', finishedAt: 5000 }),
    ]
    const text = endedSummary(pipeline(jobs), server)
    expect(text.split('\n')[0]).toBe(`### [Pipeline 4711](<${webUrl}>) on master: failed`)
    expect(cells(text)).toEqual([
      ['test', 'child / unit', 'failed: script_failure', '1m 15s'],
      ['check', 'lint', 'failed (may fail)', '1m 15s'],
      ['test', 'stop', 'canceled', '5s'],
      ['test', 'build', 'success', ''],
      ['test', 'child', 'success', '1m 15s'],
    ])
    expect(text).toContain(`[build](<${server}/-/jobs/1>)`)
  })

  test('a pipeline without jobs, of which little is known', () => {
    expect(endedSummary(pipeline([], { webUrl: null, ref: null }), server)).toBe(
      '### Pipeline 4711: failed\n\n',
    )
  })

  test('thousands of jobs stay far below the megabyte that GitHub takes', () => {
    const jobs = Array.from({ length: 5000 }, () =>
      job('ü'.repeat(300), { webUrl: `${server}/${'x'.repeat(900)}` }),
    )
    const text = endedSummary(pipeline(jobs), server)
    expect(text).toContain('and 4700 more jobs')
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024)
  })

  test('a pipeline that was just triggered', () => {
    const text = triggeredSummary({ id: 4711, ref: 'feature/*x*', webUrl }, server)
    expect(text).toBe(`Triggered [pipeline 4711](<${webUrl}>) on feature&#47;&#42;x&#42;\n`)
  })

  // prettier-ignore
  const hostile = [
    '| a | b |', '](https://evil.example.com)', '<script>alert(1)</script>', '<img src=x onerror=y>', '`code`', '**bold**', '# head', '- list',
    'https://evil.example.com', 'www.evil.example.com', 'mail@evil.example.com', '@user', '\n\n# head', '&lt;b&gt;', '\\|', ':x:', '[x]: y', '~~x~~', '$x$',
  ]
  test.each(hostile)('%j is text and nothing else', (name) => {
    const text = endedSummary(pipeline([job(name)]), server)
    expect(text.split('\n')).toHaveLength(6)
    expect(cells(text)[0]![1]).toBe(name.replace(/\s+/g, ' ').trim())
    expect(escapeMarkdown(name)).not.toMatch(/[^\p{L}\p{M}\p{N} ,&#;]/u)
    expect(escapeMarkdown(name).replace(/&#\d+;/g, '')).not.toMatch(/[&#;]/)
  })

  test('no text is more than text, and none gets lost but what cannot be seen', () => {
    holds(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        const made = escapeMarkdown(text)
        expect(made.replace(/&#\d+;/g, '')).toMatch(/^[\p{L}\p{M}\p{N} ,]*$/u)
        const read = made.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
        expect(read).toBe(text.toWellFormed().replace(/[\p{C}\p{Z}]+/gu, ' '))
      }),
    )
  })
})

interface Element {
  name: string
  attributes: Record<string, string>
  text: string
  children: Element[]
}

/** Reads XML as a strict parser does; throws for what is not well formed. */
function parse(xml: string): Element {
  const root: Element = { name: '', attributes: {}, text: '', children: [] }
  const open = [root]
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = { name, attributes, text: '', children: [] }
    open.at(-1)!.children.push(element)
    open.push(element)
  })
  parser.on('text', (text) => {
    open.at(-1)!.text += text
  })
  parser.on('closetag', () => void open.pop())
  parser.write(xml).close()
  return root.children[0]!
}

/** What Jenkins' junit-10.xsd and GitLab's parser know: elements with their attributes (required ones first) and children. */
const shape: Record<string, { required: string[]; optional: string[]; children: string[] }> = {
  testsuites: {
    required: [],
    optional: ['name', 'tests', 'failures', 'errors', 'time'],
    children: ['testsuite'],
  },
  testsuite: {
    required: ['name', 'tests', 'failures', 'errors'],
    optional: ['skipped', 'time'],
    children: ['testcase'],
  },
  testcase: {
    required: ['name'],
    optional: ['classname', 'time', 'file'],
    children: ['failure', 'error', 'skipped'],
  },
  failure: { required: [], optional: ['message', 'type'], children: [] },
  error: { required: [], optional: ['message', 'type'], children: [] },
  skipped: { required: [], optional: ['message', 'type'], children: [] },
}

function faultsOf({ name, attributes, children }: Element): string[] {
  const { required, optional, children: allowed } = shape[name]!
  const names = Object.keys(attributes)
  return [
    ...required.filter((each) => !names.includes(each)).map((each) => `${name} without ${each}`),
    ...names
      .filter((each) => ![...required, ...optional].includes(each))
      .map((each) => `${name} with ${each}`),
    ...names.filter((each) => each === 'time' && !/^\d+\.\d{3}$/.test(attributes[each]!)),
    ...children.flatMap((child) =>
      allowed.includes(child.name) ? faultsOf(child) : [`${child.name} in ${name}`],
    ),
  ]
}

const testCase = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...{ status: 'success', name: 'adds', classname: 'calc', file: 'spec/calc_spec.rb', execution_time: 0.5 },
  ...{ system_output: null, stack_trace: null, attachment_url: null, recent_failures: null, ...more },
})

const report = (...cases: unknown[]): unknown => ({ test_suites: [{ name: 'rspec', test_cases: cases }] })

/** The one case of a report. */
const only = (testcase: unknown): Element =>
  parse(junitFrom(report(testcase), 'x').parts.join('')).children[0]!.children[0]!

describe('JUnit', () => {
  test('a whole report', () => {
    const cases = [
      testCase(),
      testCase({ status: 'failed', system_output: 'expected: 1\n     got: 2', stack_trace: 'calc.rb:1' }),
      testCase({ status: 'error', system_output: { message: 'divided by 0', type: 'ZeroDivisionError' } }),
      testCase({ status: 'skipped', classname: null, file: null }),
    ]
    const { parts, tests } = junitFrom(report(...cases), 'Pipeline 4711')
    const xml = parts.join('')
    expect(tests).toBe(4)
    expect(xml).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="Pipeline 4711" tests="4" failures="1" errors="1" time="2.000">
<testsuite name="rspec" tests="4" failures="1" errors="1" skipped="1" time="2.000">
<testcase classname="calc" name="adds" file="spec/calc_spec.rb" time="0.500"/>
<testcase classname="calc" name="adds" file="spec/calc_spec.rb" time="0.500"><failure message="expected: 1">expected: 1
     got: 2
calc.rb:1</failure></testcase>
<testcase classname="calc" name="adds" file="spec/calc_spec.rb" time="0.500"><error message="divided by 0" type="ZeroDivisionError">{
  &quot;message&quot;: &quot;divided by 0&quot;,
  &quot;type&quot;: &quot;ZeroDivisionError&quot;
}</error></testcase>
<testcase classname="rspec" name="adds" time="0.500"><skipped/></testcase>
</testsuite>
</testsuites>
`)
    expect(faultsOf(parse(xml))).toEqual([])
  })

  // prettier-ignore
  const odd: [name: string, json: unknown][] = [
    ['null', null], ['a text', 'x'], ['a list', []], ['nothing', {}], ['no suites', { test_suites: null }], ['suites that are none', { test_suites: [null, 1, 'x', {}] }],
    ['cases that are none', report(null, 1, 'x', [], {})], ['members of other kinds', report(testCase({ name: 1, classname: {}, execution_time: '1', system_output: 7, stack_trace: [] }))],
    ['an endless time', report(testCase({ execution_time: 1e308 }))], ['a time below 0', report(testCase({ execution_time: -1 }))],
  ]
  test.each(odd)('%s is a valid report', (_, json) => {
    expect(faultsOf(parse(junitFrom(json, 'x').parts.join('')))).toEqual([])
  })

  test('a report that GitLab could not read is an error, not an empty suite', () => {
    const { parts } = junitFrom(
      { test_suites: [{ name: 'rspec', suite_error: 'JUnit XML parsing failed' }] },
      'x',
    )
    const xml = parts.join('')
    expect(parse(xml).attributes).toMatchObject({ tests: '1', errors: '1' })
    expect(xml).toContain('<error message="JUnit XML parsing failed"/>')
  })

  test('a status that nobody knows is no success', () => {
    expect(only(testCase({ status: 'flaky' })).children.map(({ name }) => name)).toEqual(['error'])
  })

  // prettier-ignore
  const texts: [text: string, read: string][] = [
    ['<&>"\'', '<&>"\''], [']]>', ']]>'], ['a\r\nb\tc', 'a\r\nb\tc'], ['nul \0 bell \x07', 'nul \ufffd bell \ufffd'], ['lone \ud800 x', 'lone \ufffd x'], ['pair 😀', 'pair 😀'],
    ['\x1b[31mred\x1b[0m', 'red'], ['esc \x1b]52;x', 'esc \ufffd]52;x'], ['csi \x9b31m', 'csi \x9b31m'], ['\ufffe\uffff', '\ufffd\ufffd'], ['<!-- --> <![CDATA[', '<!-- --> <![CDATA['], ['&amp;', '&amp;'],
  ]
  test.each(texts)('the output %j is read as %j', (text, read) => {
    const { children } = only(testCase({ status: 'failed', system_output: text, name: text }))
    expect(children[0]!.text).toBe(read)
    expect(children[0]!.attributes['message']).toBe(read.split('\n')[0]!)
  })

  test('any text at all is well formed, and what XML can hold arrives', () => {
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))
    holds(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        const { parts } = junitFrom(
          report(testCase({ status: 'failed', name: text, system_output: text })),
          text,
        )
        const xml = parts.join('')
        // What a terminal would obey is not in the file.
        expect(xml).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/)
        const root = parse(xml)
        expect(faultsOf(root)).toEqual([])
        const plain = text.replace(/\x1b\[[\d;]*m/g, '').toWellFormed()
        expect(root.attributes['name']).toBe(
          plain.replace(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd'),
        )
      }),
    )
  })

  test('five megabytes of output', () => {
    const text = 'line with <brackets> & \x1b[31mcolour\x1b[0m\n'.repeat(130_000)
    const { children } = only(testCase({ status: 'failed', system_output: text }))
    expect(children[0]!.text).toHaveLength(text.length - 9 * 130_000)
  })
})
