import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { usePlanner } from '../helpers/batch-screen.ts'
import { filesBelow } from '../helpers/home.ts'
import { environment, posts } from '../helpers/gitlab.ts'
import { run, type Result } from '../helpers/run.ts'

const { gitlab, home, batch } = usePlanner()

const typed = (line: string): Promise<Result> => run(line, home().world(environment(gitlab())))

/** What of an error does not depend on how the run was asked for. */
const refusal = ({ code, stderr }: Result): { code: number; message: string } => ({
  code,
  message: stderr.split('\n').slice(0, 3).join('\n'),
})

// ROOT is the home folder; FILE a file in it.
const ofUnattended = [
  '--jitter zz',
  '--jitter 48h',
  '--lock ../x',
  '--heartbeat nowhere',
  '--heartbeat-failure ftp://monitor.example.com',
  '--log-file ROOT/none/log',
  '--log-file ROOT',
  '--log-file FILE/log',
]
const ofOne = [
  ...ofUnattended,
  '--dotenv ROOT/none/x',
  '--dotenv ROOT',
  '--annotations ROOT/none/x',
  '--dotenv ROOT/x --annotations ROOT/x',
  '--wait --junit ROOT/none/x',
  '--wait --dotenv ROOT/x --junit ROOT/x',
  '--wait --artifacts ROOT',
  '--wait --artifacts FILE',
  '--wait --artifacts FILE/deeper/still',
  '--wait --artifacts ROOT/new --artifacts-max-size zz',
  '--wait --artifacts-of compile',
  '--expect-sha zz',
  '--expect-sha 0123456',
  '--verify',
  '--once k --everywhere',
  '--wait --cancel-on-timeout',
  '--wait --play deploy',
]
const inHome = (line: string): string => {
  const path = join(home().root, 'file')
  writeFileSync(path, '')
  return line.replaceAll('ROOT', home().root).replaceAll('FILE', path)
}

test.each(ofOne)('run %s: what a run refuses before it sends anything, a dry run refuses', async (flags) => {
  const line = `--ref master ${inHome(flags)}`
  const before = filesBelow(home().root)
  const dry = await typed(`${line} --dry-run`)
  expect(filesBelow(home().root)).toEqual(before)
  expect(refusal(dry)).toEqual(refusal(await typed(line)))
  expect(dry.code).toBeGreaterThan(0)
  expect(dry.stdout).toBe('')
  expect(posts(gitlab())).toEqual([])
})

test.each(ofUnattended)('several with %s', async (flags) => {
  const line = `--ref master --ref develop ${inHome(flags)}`
  expect(refusal(await typed(`${line} -n`))).toEqual(refusal(await typed(line)))
  expect(posts(gitlab())).toEqual([])
})

test.each([
  ...ofUnattended,
  '--joblog ROOT/none/log',
  '--joblog ROOT',
  '--dotenv ROOT/none/x',
  '--annotations ROOT/none/x',
])('batch --check %s: what the batch would refuse', async (flags) => {
  const plan = 'targets: { a: { ref: master }, b: { ref: develop } }'
  const checked = await batch(plan, `--check ${inHome(flags)}`)
  expect(refusal(checked)).toEqual(refusal(await batch(plan, inHome(flags))))
  expect(checked.code).toBeGreaterThan(0)
  expect(posts(gitlab())).toEqual([])
})

test.each([
  '--log-file ROOT/log --jitter 10h --lock nightly --heartbeat https://monitor.example.com',
  '--wait --dotenv ROOT/new --annotations ROOT/links.json --junit ROOT/tests.xml --artifacts ROOT/a/b/c',
  '--once key --log-file FILE',
])('run -n %s: what is right is neither waited for nor made', async (flags) => {
  const line = inHome(flags)
  const before = filesBelow(home().root)
  const { code, stdout, world } = await typed(`--ref master -n ${line}`)
  expect({ code, sleeps: world.sleeps, posts: posts(gitlab()) }).toEqual({ code: 0, sleeps: [], posts: [] })
  expect(stdout).toContain('POST ')
  expect(filesBelow(home().root)).toEqual(before)
})

test('batch --check leaves the report of an earlier run', async () => {
  const path = join(home().root, 'tests.xml')
  writeFileSync(path, '<testsuites/>')
  await batch('targets: { a: { ref: master } }', `--check --junit ${path}`)
  expect(existsSync(path)).toBe(true)
})

test('the name of a lock is looked at before the wait of --jitter', async () => {
  const { code, world } = await typed('--ref master --jitter 10h --lock ../x')
  expect({ code, sleeps: world.sleeps }).toEqual({ code: 2, sleeps: [] })
})

test.each([
  ['--curl --wait --once key --dotenv x', 'A curl line cannot do --wait, --once, --dotenv.'],
  ['--curl --ref develop --lock x', 'A curl line cannot do --lock.'],
])('%s: what the printed line leaves out is said', async (flags, words) => {
  const { code, stderr } = await typed(`--ref master ${flags}`)
  expect({ code, stderr }).toEqual({ code: 0, stderr: `warning: ${words}\n` })
})

test('a curl line that does all of it is printed without a word', async () => {
  expect((await typed('--ref master --curl --var A=1 --timeout 5s')).stderr).toBe('')
})
