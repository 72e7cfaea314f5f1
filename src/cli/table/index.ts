import { historyOptions } from '../../options/history.ts'
import { playOptions } from '../../options/play.ts'
import { pipelinesOptions } from '../../options/pipeline-list.ts'
import {
  cancelOptions,
  logsOptions,
  retryOptions,
  statusOptions,
  waitOptions,
} from '../../options/pipelines.ts'
import { projectsOptions, refsOptions } from '../../options/projects.ts'
import { runOptions } from '../../options/run.ts'
import { sandboxOptions } from '../../options/sandbox.ts'
import { configPathOptions, doctorOptions, editTokenOptions } from '../../options/setup.ts'
import {
  tokensCreateOptions,
  tokensListOptions,
  tokensRevokeOptions,
  tokensRotateOptions,
  tokensTestOptions,
  tokensUpdateOptions,
} from '../../options/tokens.ts'
import { artifactsRow } from './artifacts.ts'
import { command, type CommandRow } from './command.ts'
import {
  followedRunResult,
  jobMembers,
  pipelineMembers,
  placeMembers,
  previewResult,
  runResult,
} from './json-results.ts'
import { scheduleRows } from './schedule.ts'

/** What the groups of commands are about. */
export const groupTable: Readonly<Record<string, string>> = {
  tokens: 'the trigger tokens of a project: make, revoke, replace, test them, see when each was last used',
  schedule: 'print a trigger as a crontab line, a timer, a CI job; manage pipeline schedules',
  'schedule gitlab': "GitLab's own pipeline schedules, which need no crontab",
  config: 'where every setting comes from; named servers, their tokens, trusted project files',
}

/** All commands. To add one: a file in commands/, a row here; with --json also a schema in output/schemas/. */
export const commandTable: readonly CommandRow[] = [
  command({
    name: 'run',
    summary: 'trigger a build and print its id (the default command)',
    arguments: '[recipe]',
    isDefault: true,
    startsPipelines: true,
    options: runOptions,
    jsonResult: ({ dryRun, wait, follow }) =>
      dryRun ? previewResult : (wait ?? follow) ? followedRunResult : runResult,
    examples: [
      'gitlab-trigger -s https://gitlab.example.com -p 9 -r master --token-file ~/.trigger-token',
      'gitlab-trigger -s https://gitlab.example.com -p 9 -r master --var UPLOAD_TO_S3=true',
      'gitlab-trigger --project group/docs --ref main --dry-run',
    ],
    load: async () => {
      const { runUnattended } = await import('../../commands/run/run.ts')
      return ({ flags, words, nearCommand }, context) => runUnattended(flags, words[0], context, nearCommand)
    },
  }),
  command({
    name: 'pipelines',
    summary: 'list the recent pipelines of a project, newest first',
    options: pipelinesOptions,
    jsonResult: { ...placeMembers, pipelines: null, is_more: null },
    examples: [
      'gitlab-trigger pipelines --project 9',
      'gitlab-trigger pipelines --project 9 --ref master --source trigger --json',
    ],
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
    jsonResult: pipelineMembers,
    isJsonOfEachWord: true,
    examples: [
      'gitlab-trigger wait --project 9 4711',
      'gitlab-trigger wait https://gitlab.example.com/group/app/-/pipelines/4711 --run-timeout 1h',
    ],
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
    jsonResult: { ...pipelineMembers, variables: null, timeline: null },
    isJsonOfEachWord: true,
    examples: [
      'gitlab-trigger status --project 9 4711',
      'gitlab-trigger status --project 9 4711 --timeline',
      'gitlab-trigger status --project 9 4711 --json',
    ],
    load: async () => {
      const { status } = await import('../../commands/status.ts')
      return ({ flags, words }, context) => status(words, flags, context)
    },
  }),
  command({
    name: 'logs',
    arguments: '<pipeline...>',
    summary: 'print the logs of the jobs of pipelines, or of a job by its URL',
    options: logsOptions,
    examples: [
      'gitlab-trigger logs --project 9 4711 --failed',
      'gitlab-trigger logs --project 9 4711 --follow --job build_package',
      'gitlab-trigger logs https://gitlab.example.com/group/app/-/jobs/9001 --raw > build.log',
    ],
    load: async () => {
      const { logs } = await import('../../commands/logs.ts')
      return ({ flags, words }, context) => logs(words, flags, context)
    },
  }),
  artifactsRow,
  command({
    name: 'cancel',
    arguments: '<pipeline...>',
    summary: 'cancel pipelines and what is downstream of them, and look whether it worked',
    options: cancelOptions,
    jsonResult: pipelineMembers,
    isJsonOfEachWord: true,
    examples: ['gitlab-trigger cancel --project 9 4711'],
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
    jsonResult: pipelineMembers,
    isJsonOfEachWord: true,
    examples: ['gitlab-trigger retry --project 9 4711 --wait'],
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
    jsonResult: jobMembers,
    examples: [
      'gitlab-trigger play --project 9 4711 upload_package',
      'gitlab-trigger play --project 9 4711 9003 --var TARGET=staging --json',
      'gitlab-trigger play https://gitlab.example.com/group/app/-/jobs/9003',
    ],
    load: async () => {
      const { play } = await import('../../commands/play.ts')
      return ({ flags, words }, context) => play(words, flags, context)
    },
  }),
  command({
    name: 'tokens list',
    summary: 'list the trigger tokens of a project, with when each was last used',
    options: tokensListOptions,
    jsonResult: { ...placeMembers, tokens: null },
    examples: [
      'gitlab-trigger tokens list --project group/docs',
      'gitlab-trigger tokens list --unused-for 90d --json',
    ],
    load: async () => {
      const { tokensList } = await import('../../commands/tokens/list.ts')
      return ({ flags }, context) => tokensList(flags, context)
    },
  }),
  command({
    name: 'tokens create',
    summary: 'make a trigger token, and print it this once or store it',
    options: tokensCreateOptions,
    jsonResult: { ...placeMembers, token: null, saved_to: null },
    examples: [
      'gitlab-trigger tokens create --description "nightly docs" --save-to ~/.trigger-token',
      'gitlab-trigger tokens create --description "nightly docs" --save-to-server work',
    ],
    load: async () => {
      const { tokensCreate } = await import('../../commands/tokens/create.ts')
      return ({ flags }, context) => tokensCreate(flags, context)
    },
  }),
  command({
    name: 'tokens update',
    arguments: '<id>',
    summary: 'change the description of a trigger token',
    options: tokensUpdateOptions,
    jsonResult: { ...placeMembers, token: null },
    examples: ['gitlab-trigger tokens update 12 --description "nightly docs"'],
    load: async () => {
      const { tokensUpdate } = await import('../../commands/tokens/update.ts')
      return ({ flags, words }, context) => tokensUpdate(words[0] ?? '', flags, context)
    },
  }),
  command({
    name: 'tokens revoke',
    arguments: '<id...>',
    summary: 'revoke trigger tokens for good; before they expire, since expired ones still work',
    options: tokensRevokeOptions,
    jsonResult: { ...placeMembers, tokens: null },
    examples: ['gitlab-trigger tokens revoke 12', 'gitlab-trigger tokens revoke 12 13 --yes'],
    load: async () => {
      const { tokensRevoke } = await import('../../commands/tokens/revoke.ts')
      return ({ flags, words }, context) => tokensRevoke(words, flags, context)
    },
  }),
  command({
    name: 'tokens rotate',
    arguments: '<id>',
    summary: 'replace a trigger token: make a new one, store it, prove it, then revoke the old one',
    options: tokensRotateOptions,
    jsonResult: { ...placeMembers, token: null, saved_to: null, revoked: null },
    examples: [
      'gitlab-trigger tokens rotate 12 --save-to-server work',
      'gitlab-trigger tokens rotate 12 --save-to ~/.trigger-token.new --yes',
    ],
    load: async () => {
      const { tokensRotate } = await import('../../commands/tokens/rotate.ts')
      return ({ flags, words }, context) => tokensRotate(words[0] ?? '', flags, context)
    },
  }),
  command({
    name: 'tokens test',
    summary: 'test whether the trigger token is good for the project, without starting anything',
    options: tokensTestOptions,
    jsonResult: {
      is_good: null,
      ...placeMembers,
      moved_to: null,
      origin: null,
      kind: null,
      answer: null,
      token: null,
    },
    examples: ['gitlab-trigger tokens test --project 9 --token-file ~/.trigger-token'],
    load: async () => {
      const { tokensTest } = await import('../../commands/tokens/test.ts')
      return ({ flags }, context) => tokensTest(flags, context)
    },
  }),
  command({
    name: 'projects',
    arguments: '[text]',
    summary: 'find projects and their ids',
    options: projectsOptions,
    jsonResult: { server: null, api: null, projects: null, is_more: null, moved_to: null },
    examples: ['gitlab-trigger projects docs', 'gitlab-trigger projects --mine --json'],
    load: async () => {
      const { projects } = await import('../../commands/projects.ts')
      return ({ flags, words }, context) => projects(words[0], flags, context)
    },
  }),
  command({
    name: 'refs',
    arguments: '[pattern]',
    summary: 'list the branches and tags of a project that can be triggered',
    options: refsOptions,
    jsonResult: { ...placeMembers, refs: null },
    examples: ['gitlab-trigger refs --project 9', "gitlab-trigger refs 'v1.*' --project group/docs"],
    load: async () => {
      const { refs } = await import('../../commands/refs.ts')
      return ({ flags, words }, context) => refs(words[0], flags, context)
    },
  }),
  command({
    name: 'history',
    summary: 'list what was triggered with --once, by whom and with what result',
    options: historyOptions,
    jsonResult: { history: null },
    examples: ['gitlab-trigger history', 'gitlab-trigger history --json'],
    load: async () => {
      const { history } = await import('../../commands/history.ts')
      return ({ flags }, context) => history(flags, context)
    },
  }),
  command({
    name: 'config show',
    arguments: '[recipe]',
    summary: 'print what run would use, each value with where it comes from',
    options: runOptions,
    jsonResult: { settings: null },
    examples: ['gitlab-trigger config show', 'gitlab-trigger config show --server work nightly-docs'],
    load: async () => {
      const { configShow } = await import('../../commands/config/show.ts')
      return ({ flags, words }, context) => configShow(flags, words[0], context)
    },
  }),
  command({
    name: 'config path',
    summary: 'list the config files that are looked for, and what became of each',
    options: configPathOptions,
    jsonResult: { files: null },
    examples: ['gitlab-trigger config path'],
    load: async () => {
      const { configPath } = await import('../../commands/config/path.ts')
      return ({ flags }, context) => configPath(flags, context)
    },
  }),
  command({
    name: 'config trust',
    arguments: '[path]',
    summary: "use this checkout's own config file, until it changes",
    options: {},
    examples: ['gitlab-trigger config trust', 'gitlab-trigger config trust package.json'],
    load: async () => {
      const { configTrust } = await import('../../commands/config/trust.ts')
      return ({ words }, context) => configTrust(words[0], context)
    },
  }),
  command({
    name: 'config init',
    arguments: '[path]',
    summary: 'write a commented config file to begin with',
    options: {},
    examples: ['gitlab-trigger config init'],
    load: async () => {
      const { configInit } = await import('../../commands/config/init.ts')
      return ({ words }, context) => configInit(words[0], context)
    },
  }),
  command({
    name: 'config schema',
    summary: 'print the JSON Schema of a config file, for editors',
    options: {},
    examples: ['gitlab-trigger config schema > config-schema.json'],
    load: async () => {
      const { printConfigSchema } = await import('../../commands/config/schema.ts')
      return (_, context) => printConfigSchema(context)
    },
  }),
  command({
    name: 'config edit-token',
    arguments: '<server>',
    summary: 'store the token of a server in a file that only you can read',
    options: editTokenOptions,
    examples: [
      'gitlab-trigger config edit-token work',
      'pass show gitlab/api | gitlab-trigger config edit-token work --api',
    ],
    load: async () => {
      const { configEditToken } = await import('../../commands/config/edit-token.ts')
      return ({ flags, words }, context) => configEditToken(words[0] ?? '', flags, context)
    },
  }),
  command({
    name: 'doctor',
    summary: 'prove the set-up without starting a build',
    options: doctorOptions,
    jsonResult: { checks: null },
    examples: ['gitlab-trigger doctor --server work --project 9', 'gitlab-trigger doctor --json'],
    load: async () => {
      const { doctor } = await import('../../commands/doctor/doctor.ts')
      return ({ flags }, context) => doctor(flags, context)
    },
  }),
  ...scheduleRows,
  command({
    name: 'sandbox',
    arguments: '[command...]',
    summary: 'serve a stand-in GitLab on this machine, or run a command against one',
    options: sandboxOptions,
    examples: ['gitlab-trigger sandbox', 'gitlab-trigger sandbox -- gitlab-trigger --var UPLOAD_TO_S3=true'],
    load: async () => {
      const { sandbox } = await import('../../commands/sandbox.ts')
      return ({ flags, words }, context) => sandbox(flags, words, context)
    },
  }),
]
