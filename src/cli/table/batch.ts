import { batchOptions } from '../../options/batch.ts'
import { command, type CommandRow } from './command.ts'
import { batchResult } from './json-results.ts'

/** The command for many triggers. */
export const batchRows: readonly CommandRow[] = [
  command({
    name: 'batch',
    summary: 'trigger the pipelines of a plan: several projects, in order, at a pace',
    arguments: '<plan>',
    startsPipelines: true,
    options: batchOptions,
    jsonResult: () => batchResult,
    load: async () => {
      const { batch } = await import('../../commands/batch.ts')
      return ({ flags, words }, context) => batch(flags, words, context)
    },
  }),
]
