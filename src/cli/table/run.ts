import { runOptions } from '../../options/run.ts'
import { command, type CommandRow } from './command.ts'
import { followedRunResult, previewResult, runResult } from './json-results.ts'

/** The command that triggers. */
export const runRows: readonly CommandRow[] = [
  command({
    name: 'run',
    summary: 'start a pipeline and print its id (the default command)',
    arguments: '[recipe...]',
    isDefault: true,
    several: ['project', 'ref'],
    startsPipelines: true,
    options: runOptions,
    jsonResult: ({ dryRun, wait, follow }) =>
      dryRun ? previewResult : (wait ?? follow) ? followedRunResult : runResult,
    load: async () => {
      const { runUnattended } = await import('../../commands/run/run.ts')
      return (typed, context) => runUnattended(typed, context)
    },
  }),
]
