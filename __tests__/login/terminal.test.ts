import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { install } from '../helpers/debian.ts'
import { clientLine } from '../helpers/spawn.ts'
import { openTypedTerminal, type TypedTerminal } from '../helpers/typed-terminal.ts'

// The whole dialogue in a real pseudo-terminal of 80 columns and 24 rows, by the bundle.

install('tmux', 'tmux')
const gitlab = useGitlab()
const home = useHome()

let terminal: TypedTerminal | undefined
afterEach(() => terminal?.close())

const begin = (): TypedTerminal => {
  terminal = openTypedTerminal(`${clientLine} login`, {
    HOME: home().home,
    CI: '',
    NO_COLOR: '1',
  })
  return terminal
}

test('login: every question, and what is left on the screen', async () => {
  const { type, until } = begin()
  const answer = async (question: string, ...keys: string[]): Promise<void> => {
    await until(question)
    for (const key of keys) await type(key)
  }
  await answer('? Address of GitLab', gitlab().url, 'Enter')
  await answer('? Name for it in your config', 'BSpace', 'work', 'Enter')
  await answer('? API token (empty: none) (not shown)', gitlab().tokens.api, 'Enter')
  await answer('seed/docs (10)', 'app')
  await answer('? Project app\n\u276f seed/app (9)', 'Enter')
  await answer('\u276f create one with the API token', 'Enter')
  await answer('\u276f master', 'Enter')
  await answer('? Write it? (Y/n)', 'Enter')
  const screen = await until('left with')
  expect(screen).toContain('left with 0')
  expect(screen).not.toMatch(/glp/)
  expect(screen.replaceAll(gitlab().url, 'URL').replaceAll(home().home, '~')).toMatch(
    new RegExp(
      [
        '^\u2714 Address of GitLab, as https://gitlab\\.example\\.com URL',
        'GitLab answers at URL \\(API v4\\)\\.',
        '\u2714 Name for it in your config work',
        'An API token finds projects and refs, and creates trigger tokens\\.',
        'Create one in GitLab: User settings > Access tokens, scope api\\.',
        '\u2714 API token \\(empty: none\\)',
        'The API token acts as seed, with the scope api\\.',
        '\u2714 Project seed/app \\(9\\)',
        '\u2714 Trigger token of seed/app create one with the API token',
        '\u2714 Branch or tag to trigger by default master',
        'This is written:\n',
      ].join('\n'),
    ),
  )
  expect(screen).toContain(
    '\u2714 Write it? Yes\nTry it: gitlab-trigger -s work -p seed/app -r master --dry-run\n',
  )
  expect(screen).toMatch(/\n\u2713 trigger +the token is valid for project seed\/app/)
  const path = join(home().folder, 'config.yaml')
  expect(readFileSync(path, 'utf8')).toContain('servers:\n  work:\n    url: ')
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('Ctrl-C at a hidden question: exit 130, nothing is written, and the terminal is as it was', async () => {
  const { type, until } = begin()
  await until('? Address of GitLab')
  await type(gitlab().url)
  await type('Enter')
  await until('? Name for it')
  await type('Enter')
  await until('(not shown)')
  await type('C-c')
  expect(await until('left with')).toContain('gitlab-trigger: stopped by SIGINT\nleft with 130')
  expect(existsSync(home().folder)).toBe(false)
  // cat echoes what is typed: the terminal is not raw any more.
  await type('echoed')
  await until('echoed')
})
