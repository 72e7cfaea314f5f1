import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { usePlanner } from '../helpers/batch-screen.ts'
import { jsonAnswer } from '../helpers/api.ts'

const { gitlab, home, batch } = usePlanner()

const plan = `
defaults: { wait: true }
targets:
  build: { ref: master }
  bad: { ref: failing }
  after-bad: { ref: master, needs: [bad], variables: { A: x } }
`

const fileOf = (name: string): string => join(home().root, name)
const read = (name: string): string => readFileSync(fileOf(name), 'utf8')

test('dotenv, JUnit, joblog and the summary of GitHub tell of each target', async () => {
  home().write('summary.md', '')
  const flags = ['dotenv', 'junit', 'joblog'].map((name) => `--${name} ${fileOf(name)}`).join(' ')
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: fileOf('summary.md') }
  const { code } = await batch(plan, flags, { env })
  expect(code).toBe(3)
  const pages = `${gitlab().url}/seed/app/-/pipelines`
  expect(
    read('dotenv')
      .split('\n')
      .filter((line) => /_(ID|URL)=/.test(line))
      .join('\n'),
  ).toMatch(new RegExp(`^BUILD_PIPELINE_ID=4711\nBUILD_PIPELINE_URL=${pages}/4711\nBAD_PIPELINE_ID=4712\n`))
  expect(read('dotenv')).not.toContain('AFTER_BAD')
  expect(read('junit')).toMatch(/<testsuites tests="3" failures="1" skipped="1">/)
  expect(read('junit')).toMatch(
    /<testcase name="bad" [^>]*>\n?\s*<failure message="Pipeline 4712 failed: [^"]* \(exit code 3\)"/,
  )
  expect(read('junit')).toMatch(
    /<testcase name="after-bad"[^>]*>\n?\s*<skipped message="bad has not succeeded/,
  )
  const rows = read('joblog')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
  expect(rows[0]).toEqual(['Time', 'Target', 'State', 'Exit', 'Id', 'Runtime', 'Url'])
  expect(
    rows
      .slice(1)
      .map(([, name, state, exit, id]) => `${name} ${state} ${exit} ${id}`)
      .sort(),
  ).toEqual([
    'after-bad over 10 -',
    'bad created - 4712',
    'bad over 3 4712',
    'build created - 4711',
    'build over 0 4711',
  ])
  expect(read('summary.md')).toContain(`| build | [4711](<${pages}/4711>) | success |`)
})

test('a pipeline that nobody waited for has not succeeded in any report, and each variable of dotenv is one for a shell', async () => {
  home().write('summary.md', '')
  const flags = ['dotenv', 'junit'].map((name) => `--${name} ${fileOf(name)}`).join(' ')
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: fileOf('summary.md') }
  const some = 'targets:\n  9app: { ref: master }\n  b: { ref: develop, wait: true }\n'
  const { code } = await batch(some, flags, { env })
  expect(code).toBe(0)
  expect(read('summary.md')).toMatch(/^\| 9app \|.*\| triggered, not waited for \|\n\| b \|.*\| success \|$/m)
  expect(read('junit')).toMatch(/<testsuites tests="2" failures="0" skipped="1">/)
  expect(read('junit')).toMatch(
    /<testcase name="9app"[^>]*>\n?\s*<skipped message="triggered, not waited for"/,
  )
  expect(read('dotenv')).toContain('_9APP_PIPELINE_ID=4711\n')
  expect(read('dotenv')).not.toMatch(/^[^A-Z_]/m)
})

test.each([
  ['--dotenv {}/none/x', 2],
  ['--junit {}/none/x', 2],
  ['--annotations {}/none/x', 2],
  ['--annotations {}/same --junit {}/same', 2],
  ['--joblog {}/none/x', 14],
  ['--dotenv {}/same --junit {}/same', 2],
  ['--dotenv {}/same --joblog {}/same', 2],
  ['--joblog {}/same --junit {}/./same', 2],
  ['--log-file {}/same --joblog {}/same', 2],
])('%s is refused before anything is sent', async (flags, code) => {
  const result = await batch(plan, flags.replaceAll('{}', home().root))
  expect({ code: result.code, requests: gitlab().requests.length }).toEqual({ code, requests: 0 })
})

test('two targets that would write the same variables are refused', async () => {
  const { code, stderr } = await batch(
    'targets:\n  a-b: { ref: master }\n  a.b: { ref: develop }\n',
    `--dotenv ${fileOf('dotenv')}`,
  )
  expect(code).toBe(2)
  expect(stderr).toContain('--dotenv: the targets a-b and a.b would both write A_B_PIPELINE_ID')
  expect(gitlab().requests).toEqual([])
})

test('what a server says can break no line of a report', async () => {
  const evil = 'x\n::set-env name=A::b\u001b[2J|</testcase>"'
  gitlab().failNext(jsonAnswer('POST', 'pipeline', 400, { message: { base: [evil] } }))
  const flags = ['junit', 'joblog'].map((name) => `--${name} ${fileOf(name)}`).join(' ')
  home().write('summary.md', '')
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: fileOf('summary.md') }
  const { code, stderr } = await batch('targets:\n  a: { ref: master }\n', flags, { env })
  expect(code).toBe(5)
  expect(stderr).not.toMatch(/\u001b|^::set-env/m)
  for (const name of ['junit', 'joblog', 'summary.md']) expect(read(name)).not.toMatch(/\u001b|^::set-env/m)
  expect(read('joblog').trimEnd().split('\n')).toHaveLength(2)
  expect(read('junit').match(/<\/testcase>/g)).toHaveLength(1)
  expect(
    read('summary.md')
      .split('\n')
      .filter((line) => line.startsWith('| a ')),
  ).toHaveLength(1)
})
