import { omit } from '../core/omit.ts'
import type { CommandOptions, FlagsOf } from './option.ts'
import { runOptions } from './run.ts'
import { colorRow, configGroup, quietRow, verboseRow } from './shared.ts'

const oneBuild = omit(runOptions.oneBuild.rows, ['once', 'everywhere', 'resume'])
const { lock, jitter, skipIfRunning, onlyIfChanged } = runOptions.unattended.rows

/** The options of `batch`: its own, and those of `run` as defaults of all targets. */
export const batchOptions = {
  batch: {
    heading: 'The batch:',
    rows: {
      parallel: { value: 'count', help: 'how many targets go on at once (default: 4)' },
      failFast: { help: 'start nothing more once a target has failed', conflicts: ['keepGoing'] },
      keepGoing: { help: 'go on with all that does not need it (default)' },
      batchTimeout: { value: 'duration', help: 'limit for all of it; --timeout is that of each target' },
      rate: {
        value: 'count',
        help: 'create so many pipelines of a project and commit a minute at most (default: 25 on gitlab.com)',
      },
      check: { help: 'check the plan, print its graph and send nothing' },
      graph: { value: 'form', help: 'the form of the graph: tree, mermaid or dot (default: tree)' },
      resume: { help: 'go on with a run of this plan that did not end', conflicts: ['restart'] },
      restart: { help: 'begin anew, whatever became of a run that did not end' },
      joblog: {
        value: 'path',
        writes: true,
        help: 'write a line for each target that is over, as GNU parallel does',
      },
    },
  },
  target: runOptions.target,
  variables: runOptions.variables,
  credentials: runOptions.credentials,
  output: {
    heading: 'Output:',
    rows: {
      json: { help: 'print one JSON object for each target instead of the id', conflicts: ['quiet'] },
      events: {
        help: 'print every change as a line of JSON instead of the id',
        conflicts: ['quiet', 'json'],
      },
      ...quietRow,
      ...verboseRow,
      ...colorRow,
    },
  },
  follow: runOptions.follow,
  reports: runOptions.reports,
  oneBuild: { heading: 'One build:', rows: oneBuild },
  unattended: { heading: 'Unattended:', rows: { lock, jitter, skipIfRunning, onlyIfChanged } },
  config: configGroup,
  connection: runOptions.connection,
} as const satisfies CommandOptions

/** What was typed for `batch`. */
export type BatchFlags = FlagsOf<typeof batchOptions>
