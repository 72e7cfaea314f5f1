import { launcher } from '../helpers/spawn.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { openTypedTerminal, type TypedTerminal } from '../helpers/typed-terminal.ts'

// In a real pseudo-terminal, of tmux, with the program that ships.

const gitlab = useGitlab({ now: () => Date.now(), paceMs: 400 })
const home = useHome()
let terminal: TypedTerminal | undefined
afterEach(async () => {
  await terminal?.close()
  terminal = undefined
})

test('the table survives other sizes of the window, in any script, and leaves nothing behind', async () => {
  const targets = Array.from({ length: 40 }, (_, at) => `  t${at}: { variables: { A: "${at}" } }`)
  home().write(
    'plan.yml',
    `defaults: { ref: master, wait: true }\ntargets:\n  文書: {}\n  bad: { ref: failing }\n${targets.join('\n')}\n`,
  )
  const env = {
    HOME: home().home,
    GITLAB_TRIGGER_SERVER: gitlab().url,
    GITLAB_TRIGGER_PROJECT: '9',
    GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger,
    GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api,
  }
  const line = `"${process.execPath}" "${launcher}" batch "${home().root}/plan.yml" --parallel 20 > /dev/null`
  terminal = openTypedTerminal(line, env)
  const first = await terminal.until(' of 42 done, 20 running')
  expect(first).toMatch(/^[▸◦] 文書 +\w+/m)
  await terminal.resize(40, 10)
  const small = (await terminal.until('succeeded\n')).split('\n')
  const bar = small.findIndex((row) => / of 42 done/.test(row))
  expect(small[bar - 1]).toMatch(/^\+ .*\d+ waiting, .*succeeded$/)
  await terminal.resize(120, 40)
  const last = await terminal.until('left with 3')
  expect(last).not.toMatch(/ of 42 done|Queued/)
  expect(last).toContain('41 of 42 targets succeeded, 1 failed, in ')
  expect(last).toContain('  bad: Pipeline ')
})
