import { spawnProgram } from '../helpers/spawn.ts'

test('the modules that the night mutates, and the tests that should notice it, are there', async () => {
  expect(await spawnProgram(process.execPath, ['scripts/night.mjs', 'check'])).toMatchObject({
    code: 0,
    stdout: '',
    stderr: '',
  })
})
