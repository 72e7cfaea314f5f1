import type { CommandOptions, FlagsOf, OptionRows } from './option.ts'
import { pipelineOptions } from './pipelines.ts'
import { colorRow, jsonRow, quietRow, verboseRow } from './shared.ts'

const json = { json: { ...jsonRow.json, conflicts: ['quiet'] } } as const satisfies OptionRows

/** The options of `play`. */
export const playOptions = {
  variables: {
    heading: 'Variables:',
    rows: {
      var: {
        list: 'key=value',
        help: 'a variable for the job (KEY alone: from the environment)',
      },
      varFile: { list: 'key=path', help: "a variable from a file's exact content" },
    },
  },
  output: { heading: 'Output:', rows: { ...json, ...quietRow, ...verboseRow, ...colorRow } },
  ...pipelineOptions,
} as const satisfies CommandOptions

/** What was typed for `play`. */
export type PlayFlags = FlagsOf<typeof playOptions>
