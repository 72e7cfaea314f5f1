import { defaultProjects } from '../core/defaults.ts'
import type { CommandOptions, FlagsOf } from './option.ts'
import { outputGroup, projectOptions } from './tokens.ts'

/** The options of `projects`. */
export const projectsOptions = {
  choice: {
    heading: 'What to search for:',
    rows: {
      mine: { help: 'only projects that you are a member of' },
      limit: { value: 'count', help: `at most so many (default: ${defaultProjects})` },
    },
  },
  output: outputGroup,
  ...projectOptions,
  place: { ...projectOptions.place, rows: { server: projectOptions.place.rows.server } },
} as const satisfies CommandOptions

/** The options of `refs`. */
export const refsOptions = { output: outputGroup, ...projectOptions } as const satisfies CommandOptions

/** What was typed for `projects`. */
export type ProjectsFlags = FlagsOf<typeof projectsOptions>

/** What was typed for `refs`. */
export type RefsFlags = FlagsOf<typeof refsOptions>
