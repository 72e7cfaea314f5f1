import { batchRows } from './batch.ts'
import type { CommandRow } from './command.ts'
import { completionRows } from './completion.ts'
import { lookupRows } from './lookup.ts'
import { pipelineRows } from './pipelines.ts'
import { runRows } from './run.ts'
import { sandboxRows } from './sandbox.ts'
import { scheduleRows } from './schedule.ts'
import { setupRows } from './setup.ts'
import { tokenRows } from './tokens.ts'

/** What the groups of commands are about. */
export const groupTable: Readonly<Record<string, string>> = {
  tokens: 'the trigger tokens of a project: create, revoke, replace and test them',
  schedule: 'print a trigger as a crontab line, a timer, a CI job; manage pipeline schedules',
  'schedule gitlab': "GitLab's own pipeline schedules, which need no crontab",
  config: 'create and inspect the configuration (init, edit-token, show, ...)',
}

/** All commands. To add one: a file in commands/, a row in the file of its group; with --json also a schema in output/schemas/. */
export const commandTable: readonly CommandRow[] = [
  ...runRows,
  ...batchRows,
  ...pipelineRows,
  ...tokenRows,
  ...lookupRows,
  ...setupRows,
  ...scheduleRows,
  ...sandboxRows,
  ...completionRows,
]
