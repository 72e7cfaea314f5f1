import { playOptions } from '../../options/play.ts'
import { pipelinesOptions } from '../../options/pipeline-list.ts'
import {
  cancelOptions,
  logsOptions,
  openOptions,
  retryOptions,
  statusOptions,
  waitOptions,
} from '../../options/pipelines.ts'
import { artifactsRow } from './artifacts.ts'
import { command, type CommandRow } from './command.ts'
import { jobMembers, pipelineMembers, placeMembers } from './json-results.ts'

/** The commands on pipelines that exist. */
export const pipelineRows: readonly CommandRow[] = [
  command({
    name: 'pipelines',
    summary: 'list the recent pipelines of a project, newest first',
    options: pipelinesOptions,
    jsonResult: () => ({ ...placeMembers, pipelines: null, is_more: null }),
    load: async () => {
      const { pipelines } = await import('../../commands/pipelines.ts')
      return ({ flags }, context) => pipelines(flags, context)
    },
  }),
  command({
    name: 'wait',
    arguments: '<pipeline...>',
    summary: 'wait for the end of pipelines; the exit code is 0 only if all succeeded',
    options: waitOptions,
    jsonResult: () => pipelineMembers,
    isJsonOfEachWord: true,
    load: async () => {
      const { wait } = await import('../../commands/wait.ts')
      return ({ flags, words }, context) => wait(words, flags, context)
    },
  }),
  command({
    name: 'status',
    arguments: '<pipeline...>',
    summary: 'show how pipelines are now, with their jobs and what is downstream',
    options: statusOptions,
    jsonResult: () => ({ ...pipelineMembers, variables: null, timeline: null }),
    isJsonOfEachWord: true,
    load: async () => {
      const { status } = await import('../../commands/status.ts')
      return ({ flags, words }, context) => status(words, flags, context)
    },
  }),
  command({
    name: 'open',
    arguments: '[pipeline]',
    summary: 'open the page of a pipeline in a browser; without one the list of them',
    options: openOptions,
    load: async () => {
      const { open } = await import('../../commands/open.ts')
      return ({ flags, words }, context) => open(words[0], flags, context)
    },
  }),
  command({
    name: 'logs',
    arguments: '<pipeline...>',
    summary: 'print the logs of the jobs of pipelines, or of a job by its URL',
    options: logsOptions,
    load: async () => {
      const { logs } = await import('../../commands/logs/logs.ts')
      return ({ flags, words }, context) => logs(words, flags, context)
    },
  }),
  artifactsRow,
  command({
    name: 'cancel',
    arguments: '<pipeline...>',
    summary: 'cancel pipelines and those downstream of them, and check that they stopped',
    options: cancelOptions,
    jsonResult: () => pipelineMembers,
    isJsonOfEachWord: true,
    load: async () => {
      const { cancel } = await import('../../commands/cancel.ts')
      return ({ flags, words }, context) => cancel(words, flags, context)
    },
  }),
  command({
    name: 'retry',
    arguments: '<pipeline...>',
    summary: 'run the failed and canceled jobs of pipelines again',
    options: retryOptions,
    jsonResult: () => pipelineMembers,
    isJsonOfEachWord: true,
    load: async () => {
      const { retry } = await import('../../commands/retry.ts')
      return ({ flags, words }, context) => retry(words, flags, context)
    },
  }),
  command({
    name: 'play',
    arguments: '<pipeline> [job]',
    summary: 'start a manual job of a pipeline, by its name, its id or its URL',
    options: playOptions,
    jsonResult: () => jobMembers,
    load: async () => {
      const { play } = await import('../../commands/play.ts')
      return ({ flags, words }, context) => play(words, flags, context)
    },
  }),
]
