import { readFileSync, readdirSync } from 'node:fs'
import { environmentTable } from '../../src/cli/environment.ts'
import { exitCodes } from '../../src/core/exit-codes.ts'
import { run } from '../helpers/run.ts'
import { spawnProgram } from '../helpers/spawn.ts'

const readme = readFileSync('README.md', 'utf8')

const generated = [...readme.matchAll(/<!-- help ([\w-]+) -->\n\n```text\n([\s\S]*?)\n```/g)]

test('the README shows the exit codes as the program prints them', () => {
  expect(generated.map(([, topic]) => topic)).toEqual(['exit-codes'])
})

test.each(generated.map(([, topic = '', text = '']) => [topic, text]))(
  'what the README shows of help %s is what the program prints (if not: npm run docs)',
  async (topic, text) => {
    const { code, stdout } = await run(`help ${topic}`)
    expect({ code, text: stdout.trimEnd() }).toEqual({ code: 0, text })
  },
)

test('what the documents say of speed is what the bench measured', async () => {
  const done = await spawnProgram(process.execPath, ['scripts/docs.mjs', '--check'])
  expect(done).toMatchObject({ code: 0, stderr: '' })
})

test('help exit-codes prints every row of the table (T127)', async () => {
  const { stdout } = await run('help exit-codes')
  const [head = '', ...lines] = stdout.split('\n\n')[0]?.split('\n') ?? []
  const [from, to] = [head.indexOf('meaning'), head.indexOf('the pipeline')]
  // Meanings that are too long continue below.
  const rows: string[] = []
  for (const line of lines) {
    const meaning = line.slice(from, to).trim()
    if (/^\d/.test(line)) rows.push(`${line.slice(0, from).trim()} ${meaning}`)
    else rows.push(`${rows.pop() ?? ''} ${meaning}`)
  }
  expect(rows).toEqual(Object.values(exitCodes).map(({ code, meaning }) => `${code} ${meaning}`))
})

test('the numbers are the frozen ones (docs/guarantees.md#11)', () => {
  const numbers = Object.values(exitCodes).map(({ code }) => code)
  expect(numbers).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 14, 129, 130, 143])
})

test.each(['--help', 'help', 'run --help', 'sandbox --help', 'help sandbox', 'help security', '--version'])(
  '%s prints to stdout and ends with 0',
  async (line) => {
    const { code, stdout, stderr } = await run(line)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.trim()).not.toBe('')
  },
)

test('help on something unknown suggests', async () => {
  const { code, stderr } = await run('help exit-code')
  expect(code).toBe(2)
  expect(stderr).toContain('did you mean "exit-codes"?')
})

test('every environment variable of ours in the source is in the table', () => {
  const sources = readdirSync('src/config', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(`src/config/${name}`, 'utf8'))
  const names = new Set(
    Array.from(
      sources.join('').matchAll(/'(GITLAB_TRIGGER_\w+|CI_SERVER_\w+|CI_JOB_TOKEN|CI_API_V4_URL)'/g),
      ([, name = '']) => name,
    ),
  )
  // A variable of the build, by which --marker tells it.
  names.delete('GITLAB_TRIGGER_ID')
  const table = environmentTable.map(([name]) => name).join(', ')
  expect(names.size).toBeGreaterThan(8)
  expect([...names].filter((name) => !table.split(', ').includes(name))).toEqual([])
})
