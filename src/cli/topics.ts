import { exitCodes } from '../exit-codes.ts'
import { environmentTable } from './environment.ts'

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? []
  return rows
    .map(
      (row) =>
        row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd() + '\n',
    )
    .join('')
}

function exitCodesTopic(): string {
  const head = ['code', 'meaning', 'the build', 'run again?']
  const rows = Object.values(exitCodes).map(({ code, meaning, build, again }) => [
    String(code),
    meaning,
    build,
    again,
  ])
  return `${columns([head, ...rows])}
Every run that fails says on stderr whether no build was triggered, build N was triggered, or a build
may have been triggered. Only 6, 10 and 12 may be repeated without looking (GitLab CI: retry:exit_codes).
For several targets the worst counts: 1, 7, 11, 3, 8, 14, 4, 5, 12, 6, 10, 2.
`
}

function environmentTopic(): string {
  return `${columns(environmentTable)}
An empty variable counts as unset. Flags win over the environment, the environment over what CI provides.
`
}

const securityTopic = `The token:   goes in the body of one POST to the server you name, nowhere else; redirects are never followed.
             Keep it in a file of mode 0600 (--token-file) or in GITLAB_TRIGGER_TOKEN. On the command line
             every user of the machine can read it.
Variables:   are not secret. GitLab shows them to the project's maintainers and copies them into the
             variable TRIGGER_PAYLOAD of the build. What a build must keep secret belongs into the
             project's own masked variables.
The server:  its certificate is checked; plain http needs --allow-http except on this machine.
Output:      secrets are masked in everything that is printed; text from the server cannot control
             the terminal.
`

/** The texts of `help <topic>`, by topic. */
export const topics: Readonly<Record<string, () => string>> = {
  'exit-codes': exitCodesTopic,
  environment: environmentTopic,
  security: () => securityTopic,
}
