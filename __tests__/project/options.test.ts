import { examples } from '../../src/cli/examples.ts'
import { commandWords } from '../../src/cli/command-words.ts'
import { commandTable } from '../../src/cli/table/index.ts'

const rows = commandTable.flatMap(({ name, options }) =>
  Object.values(options).flatMap((group) =>
    Object.entries(group.rows).map(([option, row]) => ({ command: name, option, ...row })),
  ),
)

test('what an option excludes is an option, of its own command or of one that shares its row', () => {
  const known = new Set(rows.map(({ option }) => option))
  const wrong = rows.flatMap(({ command, option, conflicts = [] }) =>
    conflicts.filter((each) => !known.has(each)).map((each) => `${command}: ${option} excludes ${each}`),
  )
  expect(wrong).toEqual([])
  expect(rows.filter(({ conflicts }) => conflicts).length).toBeGreaterThan(10)
})

test('the first words of commands are those by which a line is read', () => {
  const words = new Set(commandTable.map(({ name }) => name.split(' ')[0]))
  expect(commandWords).toEqual([...words].sort())
})

test('each command has examples, and there are no others', () => {
  expect(Object.keys(examples).sort()).toEqual(commandTable.map(({ name }) => name).sort())
  const wrong = Object.entries(examples).filter(
    ([name, lines]) =>
      lines.length === 0 ||
      !lines.every((line) => line.includes(name === 'run' ? 'gitlab-trigger ' : `gitlab-trigger ${name}`)),
  )
  expect(wrong).toEqual([])
})
