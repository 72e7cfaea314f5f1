import type { CommandOptions, FlagsOf } from './option.ts'
import { jsonRow } from './shared.ts'

/** The options of `history`. */
export const historyOptions = {
  all: {
    heading: 'Options:',
    rows: {
      prune: { value: 'span', help: 'forget keys and batches whose pipelines are older, as 90d' },
      ...jsonRow,
    },
  },
} as const satisfies CommandOptions

/** What was typed for `history`. */
export type HistoryFlags = FlagsOf<typeof historyOptions>
