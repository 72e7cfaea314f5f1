import type { Sandbox } from '../../src/sandbox/server.ts'
import type { Home } from './home.ts'
import { run, type Line, type Result } from './run.ts'

/** What a test can do in a checkout. */
export interface Checkout {
  /** Gives it these remotes, and this HEAD. */
  write: (remotes: readonly string[], head?: string) => void
  /** Types at a terminal, and answers what is asked. */
  runAtTerminal: (answer: string, line?: Line, more?: Record<string, string>) => Promise<Result>
  /** Types where no user can be asked. */
  runUnattended: (line?: Line) => Promise<Result>
  /** Server and token, without colours. */
  env: () => Record<string, string>
  /** A remote in which `{}` is the server's address, `{host}` its host and port, `{name}` its host. */
  at: (remote: string) => string
}

/** The checkout of a home, whose remotes may be at a sandbox. */
export function checkoutOf(home: () => Home, gitlab: () => Sandbox): Checkout {
  const env = (): Record<string, string> => ({
    GITLAB_TRIGGER_SERVER: gitlab().url,
    GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger,
    NO_COLOR: '1',
  })
  return {
    env,
    write(remotes, head = 'ref: refs/heads/master\n') {
      const sections = remotes.map(
        (url, at) => `[remote "r${at}"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/r${at}/*\n`,
      )
      home().write('work/checkout/.git/config', `[core]\n\tbare = false\n${sections.join('')}`)
      home().write('work/checkout/.git/HEAD', head)
    },
    runAtTerminal: (answer, line = '', more = {}) =>
      run(line, home().world({ env: { ...env(), ...more }, stdin: answer, tty: ['stdin', 'stderr'] })),
    runUnattended: (line = '') => run(line, home().world({ env: env() })),
    at: (remote) =>
      remote
        .replace('{}', gitlab().url)
        .replace('{host}', gitlab().url.slice('http://'.length))
        .replace('{name}', '127.0.0.1'),
  }
}
