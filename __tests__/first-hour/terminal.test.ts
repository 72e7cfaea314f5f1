import { useGitlab } from '../helpers/gitlab.ts'
import { install } from '../helpers/debian.ts'
import { useHome } from '../helpers/home.ts'
import { launcher } from '../helpers/spawn.ts'
import { openTypedTerminal } from '../helpers/typed-terminal.ts'

// What a newcomer sees in a real pseudo-terminal of 80 columns and 24 rows, by the bundle.

install('tmux', 'tmux')
const gitlab = useGitlab()
const home = useHome()

const program = `"${process.execPath}" "${launcher}"`

/** Types lines, one after another, and resolves to what the terminal has shown in the end. */
async function shown(lines: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const typed = lines.map((line) => `${program} ${line}`).join('; ')
  const terminal = openTypedTerminal(`cd "${home().home}"; ${typed}`, {
    HOME: home().home,
    CI: '',
    NO_COLOR: '1',
    ...env,
  })
  try {
    return await terminal.until('left with')
  } finally {
    await terminal.close()
  }
}

test('the bare command: all of the page and the error are to be seen at once, and no word is cut', async () => {
  const screen = await shown([''])
  const lines = screen.split('\n')
  expect(lines.length).toBeLessThanOrEqual(24)
  for (const way of ['gitlab-trigger sandbox ', 'gitlab-trigger login ', 'gitlab-trigger -h '])
    expect(screen).toContain(way)
  expect(screen).toMatch(/no server, no project, no ref and no token given\nNo pipeline was created\.\n/)
  expect(screen).toMatch(/\nleft with 2$/)
})

test('a wrong ref: what to do is on a line of its own, whole', async () => {
  const { url, tokens } = gitlab()
  const screen = await shown([`-s ${url} -p 9 -r mastre`], { GITLAB_TRIGGER_TOKEN: tokens.trigger })
  expect(screen).toContain(`\n  gitlab-trigger refs --server ${url} --project 9\n`)
  expect(screen).toMatch(/\nleft with 5$/)
})
