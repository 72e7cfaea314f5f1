import { useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { clientLine } from '../helpers/spawn.ts'
import { openTypedTerminal, type TypedTerminal } from '../helpers/typed-terminal.ts'

// In a real pseudo-terminal, of tmux, with the program that ships.

const gitlab = useGitlab({ now: () => Date.now(), paceMs: 1000 })
const home = useHome()
let terminal: TypedTerminal | undefined
afterEach(async () => {
  await terminal?.close()
  terminal = undefined
})

test('the table survives other sizes of the window, in any script, and is drawn no second time below what scrolled out', async () => {
  const waiting = Array.from(
    { length: 40 },
    (_, at) => `  t${at}: { needs: [文書, bad], variables: { A: "${at}" } }`,
  )
  home().write(
    'plan.yml',
    `defaults: { ref: master }\ntargets:\n  文書: {}\n  bad: { ref: failing }\n${waiting.join('\n')}\n`,
  )
  const env = {
    HOME: home().home,
    GITLAB_TRIGGER_SERVER: gitlab().url,
    GITLAB_TRIGGER_PROJECT: '9',
    GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger,
    GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api,
  }
  const line = `${clientLine} batch "${home().root}/plan.yml" > /dev/null`
  terminal = openTypedTerminal(line, env)
  const first = await terminal.until('running  4712')
  // A wide character takes two columns. Which of the two POSTs arrives first is not certain.
  const ids = [/^[▸◦✓] 文書 {4}\w+ +(\d+)/m, /^[▸◦] bad {5}\w+ +(\d+)/m].map((row) => row.exec(first)?.[1])
  expect(ids.toSorted()).toEqual(['4711', '4712'])
  await terminal.resize(40, 10)
  const small = (await terminal.until('+ 36 waiting')).split('\n')
  expect(small.at(-1)).toMatch(/ of 42 done/)
  await terminal.resize(120, 40)
  const last = await terminal.until('left with 3')
  expect(last).not.toMatch(/ of 42 done/)
  // What a smaller window has pushed out of it cannot be erased; it is there once.
  expect(last.match(/Queued/g) ?? []).toHaveLength(1)
  expect(last).toContain('1 of 42 targets succeeded, 1 failed, 40 were not started, in ')
  expect(last).toContain(`  bad: Pipeline ${ids[1] ?? ''} failed: build_package`)
})
