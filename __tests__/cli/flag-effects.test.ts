import { commandTable } from '../../src/cli/table/index.ts'
import { lines, uselessCases } from '../helpers/flag-cases.ts'
import { commands, testFlagEffects } from '../helpers/flag-effects.ts'
import { listedFlags } from '../helpers/listed-flags.ts'

// Each flag that the help of a command lists has an effect there, and its text is about that command. Here are the commands
// without those of flag-effects-of-triggers.test.ts and flag-effects-of-followers.test.ts; what only prints is in listed-flags.test.ts.

test('each command has a line here, and each case is of a flag', () => {
  expect(Object.keys(lines).sort()).toEqual(commands.map(({ name }) => name).sort())
  const listed = commands.flatMap(({ name, flags }) => flags.map(({ flag }) => `${name} ${flag}`))
  expect(listed.length).toBeGreaterThan(600)
  expect(uselessCases(new Set(listed))).toEqual([])
})

test('the help of a flag names only flags that the command has', () => {
  const wrong = commandTable.flatMap(({ name, options }) => {
    const flags = listedFlags(options)
    const known = new Set(flags.map(({ flag }) => flag))
    return flags.flatMap(({ flag, row }) =>
      [row.help, row.no].flatMap((text = '') =>
        [...text.matchAll(/--[a-z][a-z-]*/g)].flatMap(([each]) =>
          known.has(each) ? [] : [`${name} ${flag}: ${each}`],
        ),
      ),
    )
  })
  expect(wrong).toEqual([])
})

testFlagEffects((name) => !['run', 'batch', 'wait', 'retry', 'logs', 'cancel'].includes(name))
