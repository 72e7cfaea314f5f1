import { command, type CommandRow } from './command.ts'

/** What shells need. What they ask for then, `__complete`, is no command of the table: only `main` knows it. */
export const completionRows: readonly CommandRow[] = [
  command({
    name: 'completion',
    arguments: '<shell>',
    summary: 'print a script that completes lines in bash, zsh or fish',
    options: {},
    load: async () => {
      const { completion } = await import('../../commands/completion/completion.ts')
      return ({ words: [shell = ''] }, context) => completion(shell, context)
    },
  }),
]
