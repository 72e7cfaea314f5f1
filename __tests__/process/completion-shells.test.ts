import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { clientLine } from '../helpers/spawn.ts'
import { openShell, type ShellTerminal } from '../helpers/shell-terminal.ts'
import { posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'

// The printed scripts, in the real shells: a user types, and presses Tab.

const gitlab = useGitlab()
const home = useHome()

/** A branch that any user who may push could create: a shell must not execute its name. */
const hostile = 'x$(touch${IFS}pwned)`touch${IFS}pwned`;touch${IFS}pwned'

const shells = {
  bash: { start: 'bash --noprofile --rcfile', rc: (script: string) => `PS1='> '\n. "${script}"\n` },
  zsh: {
    start: 'zsh -i',
    rc: (script: string) => `PS1='> '\nautoload -Uz compinit; compinit -u\n. "${script}"\n`,
  },
  fish: { start: 'fish --private --init-command', rc: (script: string) => script },
} as const

let open: ShellTerminal | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})

/** A shell that has read the script, in a folder with a file and a folder. */
async function shell(name: keyof typeof shells): Promise<ShellTerminal> {
  const { root, checkout } = home()
  const write = (...args: Parameters<ReturnType<typeof home>['write']>): string => home().write(...args)
  mkdirSync(join(checkout, 'out'))
  // Else fish begins to write its own completions, and continues after its end.
  mkdirSync(join(home().home, '.local/share/fish/generated_completions'), { recursive: true })
  write('work/checkout/my-token', '')
  write('bin/gitlab-trigger', `#!/bin/sh\nexec ${clientLine} "$@"\n`, 0o700)
  home().config('servers:\n  work: { url: https://gitlab.example.com }\nrecipes:\n  nightly-docs: {}\n')
  const { stdout } = await run(`completion ${name}`)
  const script = write(`script.${name}`, stdout)
  const { start, rc } = shells[name]
  const words = {
    bash: () => `${start} ${write('rc', rc(script))}`,
    zsh: () => (write('work/checkout/.zshrc', rc(script)), start),
    fish: () =>
      `${start} 'function fish_prompt; echo -n "> "; end; function fish_right_prompt; end; set -g fish_greeting; set -g fish_autosuggestion_enabled 0; source ${script}'`,
  }
  const env = {
    PATH: `${join(root, 'bin')}:/usr/bin:/bin`,
    HOME: home().home,
    TERM: 'xterm',
    XDG_CONFIG_DIRS: root,
    ZDOTDIR: checkout,
    GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api,
  }
  open = openShell(`exec ${words[name]()}`, env, checkout)
  await open.until(/^> ?$/m)
  return open
}

describe.each(Object.keys(shells) as (keyof typeof shells)[])('%s', (name) => {
  // prettier-ignore
  const lines: [typed: string, becomes: string][] = [
    ['stat', 'status'],
    ['tokens rev', 'tokens revoke'],
    ['run --dry', 'run --dry-run'],
    ['run --progress tr', 'run --progress tree'],
    ['run --progress=tr', 'run --progress=tree'],
    ['night', 'nightly-docs'],
    ['-s wo', '-s work'],
    ['run --token-file my-', 'run --token-file my-token'],
    ['run --artifacts ou', 'run --artifacts out/'],
    ['status 4711 --json=id,web', 'status 4711 --json=id,web_url'],
  ]

  test('Tab completes', async () => {
    const { type, until } = await shell(name)
    for (const [typed, becomes] of lines) {
      const whole = `> gitlab-trigger ${becomes}`
      await type(`gitlab-trigger ${typed}`, 'Tab')
      const screen = await until(new RegExp(`^${whole.replace(/[-.*+?^${}()|[\]\\]/g, '\\$&')}`, 'm'))
      expect(screen).toContain(whole)
      await type('', 'C-u')
      await type('clear', 'Enter')
      await until(/^> ?$/)
    }
  })

  test('several are shown', async () => {
    const { type, until } = await shell(name)
    await type('gitlab-trigger tokens r', 'Tab', 'Tab')
    expect(await until(/revoke[\s\S]*rotate/)).toMatch(/revoke[\s\S]*rotate/)
  })

  test('refs of the server, whatever they are called, are words and no commands', async () => {
    gitlab().addRef(hostile)
    const { type, until } = await shell(name)
    const { url, tokens } = gitlab()
    home().write('work/checkout/token', tokens.trigger)
    // On a busy machine a server may not answer in the time that completion waits for it.
    const tabUntil = async (wanted: RegExp): Promise<string> => {
      let screen = ''
      for (let count = 0; count < 20 && !wanted.test(screen); count += 1) {
        await type('', 'Tab')
        screen = await until(wanted, 60)
      }
      return screen
    }
    await type(`gitlab-trigger -s ${url} --token-file token -p 9 --ref mast`)
    expect(await tabUntil(/--ref master/)).toContain('--ref master')
    await type('', 'C-u')
    await type(`gitlab-trigger -s ${url} --token-file token -p 9 --ref x`)
    await tabUntil(/--ref x.+pwned/)
    await type('', 'Enter')
    await until(/^471\d$/m)
    expect(posts(gitlab()).map(({ fields }) => Object.fromEntries(fields)['ref']?.toString())).toEqual([
      hostile,
    ])
    expect(existsSync(join(home().checkout, 'pwned'))).toBe(false)
  })

  test('a token is never completed', async () => {
    const { type, until } = await shell(name)
    await type('gitlab-trigger run --token ', 'Tab')
    await type('x', 'C-a')
    const screen = await until(/--token x/)
    expect(screen).not.toContain('my-token')
  })
})
