import { readFileSync } from 'node:fs'
import { environmentTable } from '../../src/cli/environment.ts'
import { sourcesOf } from '../../src/cli/help/flag-sources.ts'
import { helpWidth } from '../../src/cli/help/command-help.ts'
import { parse } from '../../src/cli/program.ts'
import { commandTable, groupTable } from '../../src/cli/table/index.ts'
import { topicNames } from '../../src/cli/topic-names.ts'
import { run } from '../helpers/run.ts'

/** What is printed, on lines of a terminal of 80 columns. */
const heightOf = (text: string): number =>
  text
    .trimEnd()
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 80)), 0)

const names = ['', ...Object.keys(groupTable), ...commandTable.map(({ name }) => name)]

describe('-h is one screen, with an example and where more is', () => {
  test.each(names)('%s -h', async (name) => {
    const { code, stdout } = await run(`${name} -h`)
    expect(code).toBe(0)
    expect(heightOf(stdout)).toBeLessThan(24)
    if (name in groupTable) return
    expect(stdout).toContain('\nExamples:\n  ')
    expect(stdout).toContain(`gitlab-trigger ${name} --help`.replace('  ', ' '))
  })
})

test('--help is all of it, and -h beside it changes nothing', async () => {
  const { stdout } = await run('run --help')
  for (const { rows } of Object.values(commandTable[0]?.options ?? {}))
    for (const [name] of Object.entries(rows).filter(([, { help }]) => help !== undefined))
      expect(stdout).toContain(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`)
  expect((await run('run -h --help')).stdout).toBe(stdout)
  expect((await run('help run')).stdout).toBe(stdout)
})

test.each([
  ['run --help', '[env: GITLAB_TRIGGER_REF; config: ref]'],
  ['run --help', '(default: 5s)'],
  ['run --help', '[config: queueTimeout]'],
  ['wait --help', '[env: GITLAB_TRIGGER_PROJECT; config: project]'],
])('%s says %s', async (line, words) => {
  expect((await run(line)).stdout.replace(/\s+/g, ' ')).toContain(words)
})

test('a flag that is all a command goes by, or that no recipe sets there, names no other source', async () => {
  const { stdout } = await run('login --help')
  expect(stdout.replaceAll(/\s+/g, ' ').match(/\[(env|config):[^\]]*\]/g)).toEqual([
    '[env: GITLAB_TRIGGER_CONFIG]',
  ])
  expect((await run('wait --help')).stdout).not.toContain('config: runTimeout')
})

test('whatever help names as the source of a flag is a variable that is read, and a key of config files', () => {
  const variables = environmentTable.flatMap(([each]) => each.split(', '))
  const schema = readFileSync('src/config/schema/config-keys.ts', 'utf8')
  const all = commandTable.flatMap((row) =>
    Object.values(row.options).flatMap(({ rows }) => Object.keys(rows).map((flag) => sourcesOf(row, flag))),
  )
  const keys = new Set(all.flatMap(({ key }) => key ?? []))
  expect(keys.size).toBeGreaterThan(25)
  expect([...keys].filter((key) => !new RegExp(`^  ${key}(:|,)`, 'm').test(schema))).toEqual([])
  const env = all.flatMap(({ env: each }) => each?.replace(/ \(.*\)$/, '').split(', ') ?? [])
  expect(env.filter((each) => !variables.includes(each))).toEqual([])
})

describe('every line of a topic, and every example, is one that the program understands', () => {
  const split = (line: string): string[] =>
    (line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).map((word) => word.replaceAll(/['"]/g, ''))

  test.each(topicNames.filter((name) => !['exit-codes', 'environment', 'config', 'security'].includes(name)))(
    'help %s',
    async (name) => {
      const { stdout } = await run(`help ${name}`)
      const lines = [...stdout.matchAll(/^ +(?:- |(?:\S+ ){5})?gitlab-trigger (.*)$/gm)].map(
        ([, line = '']) => line,
      )
      expect(lines.length).toBeGreaterThan(0)
      for (const line of lines) {
        const invocation = parse(split(line))
        expect([line, invocation.kind]).toEqual([line, 'command'])
        expect([line, invocation.kind === 'command' && invocation.typed.nearCommand]).toEqual([
          line,
          undefined,
        ])
      }
    },
  )
})

test.each([
  [{ isTTY: true, columns: 90 }, {}, 90],
  [{ isTTY: true, columns: 400 }, {}, 100],
  [{ isTTY: true, columns: 90 }, { COLUMNS: '60' }, 60],
  [{ isTTY: false, columns: 0 }, { COLUMNS: '120' }, 120],
  [{ isTTY: false, columns: 0 }, { COLUMNS: 'x' }, 80],
  [{ isTTY: false, columns: 0 }, {}, 80],
  [{ isTTY: true, columns: 5 }, { COLUMNS: '9' }, 40],
])('help on %j with %j is laid out for %i columns', (stream, env, width) => {
  expect(helpWidth(stream, env)).toBe(width)
})

test('COLUMNS sets the width', async () => {
  const { stdout } = await run('run --help', { env: { COLUMNS: '120' } })
  expect(stdout.split('\n').some((line) => line.length > 100)).toBe(true)
})

test.each([
  ['a terminal', { tty: ['stdout'] as const, env: {} }, true],
  ['NO_COLOR', { tty: ['stdout'] as const, env: { NO_COLOR: '1' } }, false],
  ['a pipe', { tty: [] as const, env: {} }, false],
])('headings are bold: %s', async (_, { tty, env }, isBold) => {
  for (const line of ['run -h', 'run --help', '--help'])
    expect((await run(line, { tty: [...tty], env })).stdout.includes('\u001b[1mExample')).toBe(isBold)
})
