import { connect, type Socket } from 'node:net'
import { startGatedServer } from '../helpers/gated-server.ts'
import { posts, useGitlab } from '../helpers/gitlab.ts'
import { install } from '../helpers/debian.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { clientLine } from '../helpers/spawn.ts'
import { openTypedTerminal, type TypedTerminal } from '../helpers/typed-terminal.ts'

// run --interactive in a real pseudo-terminal of 80 columns and 24 rows, by the bundle.

install('tmux', 'tmux')
const gitlab = useGitlab()
const home = useHome()

let terminal: TypedTerminal | undefined
afterEach(() => terminal?.close())

const begin = (line: string, url = gitlab().url): TypedTerminal => {
  home().write('home/.config/gitlab-trigger/api', `${gitlab().tokens.api}\n`)
  home().write('home/.config/gitlab-trigger/token', `${gitlab().tokens.trigger}\n`)
  home().config(serverYaml({ url }, 'apiTokenFile: api', 'projects: { seed/app: { tokenFile: token } }'))
  terminal = openTypedTerminal(`${clientLine} ${line}`, {
    HOME: home().home,
    CI: '',
    NO_COLOR: '1',
  })
  return terminal
}

test('run -i: every question, and what is left on the screen', async () => {
  const { type, until } = begin('run -i')
  const answer = async (question: string, ...keys: string[]): Promise<void> => {
    await until(question)
    for (const key of keys) await type(key)
  }
  await answer('\u276f seed/app', 'Enter')
  await answer('\u276f master', 'dev')
  await answer('\u276f develop', 'Enter')
  await answer('? Variable KEY=VALUE', 'DEPLOY=yes', 'Enter')
  await answer('DEPLOY=yes\n? Variable KEY=VALUE', 'Enter')
  await answer('? Input environment (string, empty: its default)', 'Enter')
  await answer('? Input replicas (number) (1)', '3', 'Enter')
  await answer('\u276f false (default)', 'Down')
  await answer('\u276f true', 'Enter')
  await answer('? Input regions (array) ([])', 'Enter')
  await answer('? Start this pipeline? (y/N)', 'y', 'Enter')
  const screen = await until('left with')
  expect(screen.split('\nPipeline 4711 (ref develop): created ')[0]).toBe(
    [
      '\u2714 Project seed/app',
      '\u2714 Branch or tag develop',
      '\u2714 Variable KEY=VALUE (empty: no more) DEPLOY=yes',
      '\u2714 Variable KEY=VALUE (empty: no more)',
      '\u2714 Input environment (string, empty: its default)',
      '\u2714 Input replicas (number) 3',
      '\u2714 Input dry (boolean) true',
      '\u2714 Input regions (array) []',
      'This does the same without questions:',
      "gitlab-trigger run --project seed/app --ref develop --var 'DEPLOY=yes' --input-j",
      "son 'replicas=3' --input-json 'dry=true'",
      '\u2714 Start this pipeline? Yes',
      '4711',
    ].join('\n'),
  )
  expect(screen).toContain('\nleft with 0')
})

test('what is typed while a list is loading is taken once it is there', async () => {
  // What asks for branches is held until everything was typed.
  const held: (() => void)[] = []
  let isOpen = false
  const holdBranches = (socket: Socket): void => {
    const onward = connect(Number(new URL(gitlab().url).port), '127.0.0.1').on('error', () => undefined)
    onward.pipe(socket)
    socket.on('data', (chunk) => {
      const send = (): boolean => onward.write(chunk)
      if (!isOpen && chunk.includes('/repository/branches')) held.push(send)
      else send()
    })
  }
  const gate = await startGatedServer(gitlab().url, Array<typeof holdBranches>(50).fill(holdBranches))
  try {
    const { type, until } = begin('run -i -p seed/app', gate.url)
    await until('? Branch or tag')
    await type('Enter')
    isOpen = true
    for (const send of held.splice(0)) send()
    await until('\u2714 Branch or tag master')
    await until('? Variable KEY=VALUE')
    await type('C-c')
    await until('left with 130')
    expect(posts(gitlab())).toEqual([])
  } finally {
    await gate.close()
  }
})

test('Ctrl-C: exit 130, nothing is sent, and the terminal is as it was', async () => {
  const { type, until } = begin('run -i -p seed/app -r master')
  await until('? Variable KEY=VALUE')
  await type('C-c')
  expect(await until('left with')).toContain(
    'gitlab-trigger: stopped by SIGINT\nNo pipeline was created.\nleft with 130',
  )
  expect(posts(gitlab())).toEqual([])
  await type('echoed')
  await until('echoed')
})
